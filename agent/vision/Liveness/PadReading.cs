using EdgeFace.Capture;

namespace EdgeFace.Liveness;

/// <summary>What one frame says of whether the applicant is alive, cue by cue.</summary>
/// <param name="Live">All of it together, 0..1. 0 where a cue gave no number: unknown is not live.</param>
/// <param name="Model">What the model makes of his face alone, 0..1.</param>
/// <param name="Edge">How much of an edge is below his face that may be a display's, 0..1; see <see cref="DisplayEdge"/>.</param>
/// <param name="Others">The least of the other faces that are nearly as large as his; 1 where there is none.</param>
public readonly record struct PadReading(float Live, float Model, float Edge, float Others)
{
    /// <summary>How much the face has moved so far as no flat picture can, 0..; see <see cref="FacialMotion"/>.</summary>
    public float Motion { get; init; }

    /// <summary>From this share on, an edge is counted.</summary>
    public const float EdgeFrom = 0.7f;

    /// <summary>
    /// How many times more likely such an edge is below a display than below a person: a likelihood ratio, by which the odds of
    /// the model are divided (the naive rule of Bayes, which takes the two to be independent).
    /// </summary>
    public const float EdgeOdds = 20;

    /// <summary>Deny-only: no cue makes the result greater than the model's, nor greater than without that cue.</summary>
    /// <param name="model">Probability of the live class, 0..1.</param>
    /// <param name="edge">0..1.</param>
    /// <param name="others">0..1.</param>
    public static PadReading Fuse(float model, float edge, float others)
    {
        var own = edge >= EdgeFrom ? model / (model + (1 - model) * EdgeOdds) : model;
        var live = Math.Min(own, others);
        var isNumber = model is >= 0 and <= 1 && edge is >= 0 and <= 1 && others is >= 0 and <= 1;
        return new PadReading(isNumber && float.IsFinite(live) ? live : 0, model, edge, others);
    }

    /// <summary>What a second stream said: the first that denied, or the last that did not; null where there is none.</summary>
    public (StreamKind Kind, StreamReading Reading)? Second { get; init; }

    /// <summary>Deny-only, too: the same, or not live.</summary>
    public PadReading Heard(StreamKind kind, in StreamReading said) => this with
    {
        Live = said.Denies ? 0 : Live,
        Second = Second is { Reading.Denies: true } ? Second : (kind, said),
    };
}

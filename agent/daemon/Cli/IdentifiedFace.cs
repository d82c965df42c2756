using System.Text.Json.Serialization;
using EdgeFace.Access;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;
using EdgeFace.Sites;

namespace EdgeFace.Cli;

/// <summary>What <c>identify</c> writes of a face; of a picture or a frame without one, the box is null.</summary>
/// <param name="File">As it was given or found.</param>
/// <param name="PositionSeconds">Of a video's frame; null for a picture.</param>
/// <param name="Box">x1, y1, x2, y2 in pixels of the upright picture.</param>
/// <param name="Subject">Id of whom it is; null when nobody is sure enough to be named.</param>
/// <param name="Name">His name.</param>
/// <param name="Similarity">Cosine to the nearest subject, -1..1; null in an empty gallery.</param>
/// <param name="RunnerUp">Cosine to the next one; null when there is none.</param>
/// <param name="EuclideanDistance">Of the unit vectors of the nearest, 0..2.</param>
/// <param name="Threshold">Cosine that was needed.</param>
/// <param name="Decision">"match" or "no_match".</param>
/// <param name="Reason">
/// "match", "no-face", or why not: "unknown", "ambiguous", "revoked", "not-yet-valid", "expired".
/// </param>
sealed record IdentifiedFace(
    string File, double? PositionSeconds, float[]? Box, string? Subject, string? Name, float? Similarity,
    float? RunnerUp, float? EuclideanDistance, float Threshold, string Decision, string Reason)
{
    public const string Yes = "match";

    [JsonIgnore]
    public bool IsMatch => Decision == Yes;

    public static IdentifiedFace NoFace(string file, double? position, Threshold threshold) => new(
        file, position, Box: null, Subject: null, Name: null, Similarity: null, RunnerUp: null, EuclideanDistance: null,
        threshold.Similarity, "no_match", "no-face");

    public static IdentifiedFace Of(
        string file, double? position, AlignedFace face, in Recognised seen, Threshold threshold) => new(
        file, position, FoundFace.BoxOf(face.Box), seen.Named?.Id.ToString(), seen.Named?.Name, seen.Match?.Similarity,
        seen.Match is { RunnerUp: not null } match ? match.RunnerUpSimilarity : null,
        seen.Match is { } nearest ? Matching.Threshold.ToEuclidean(nearest.Similarity) : null,
        threshold.Similarity,
        seen.Decision.OpensDoor ? Yes : "no_match",
        seen.Decision.OpensDoor ? Yes : seen.Decision.Reason.Code());
}

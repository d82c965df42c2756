using EdgeFace.Access;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Pipeline;

/// <summary>
/// Follows the one who stands at the door from frame to frame and lets the policy speak once for each: a person in view
/// is decided, not decided again thirty times a second. Frames of bad quality are waited out, not held against anybody.
/// </summary>
sealed class FaceTracker(ConsensusOptions options, TimeProvider time)
{
    /// <summary>Boxes of one face in two frames share at least this much (intersection over union).</summary>
    const float SameFaceOverlap = 0.2f;

    readonly ConsensusOptions _options = OptionsCheck.Ensure(options);
    readonly Queue<AccessDecision> _window = new();
    FaceBox _lastBox;
    AccessDecision _lastBad;
    long _begunAt;
    long _seenAt;
    bool _decided;

    /// <summary>Counts the people who came; 0 before the first.</summary>
    public int TrackId { get; private set; }

    /// <summary>Takes what a frame says, and returns the decision in the frame in which it falls; else null.</summary>
    public AccessDecision? Follow(FrameVerdict? verdict)
    {
        if (verdict is not { } seen) return null;
        if (TrackId == 0 || IsSomebodyElse(seen.Box)) Begin();

        (_lastBox, _seenAt) = (seen.Box, time.GetTimestamp());
        if (_decided || Weigh(seen.Decision) is not { } decision) return null;

        _decided = true;
        return decision;
    }

    bool IsSomebodyElse(in FaceBox box) =>
        time.GetElapsedTime(_seenAt).TotalSeconds > _options.GapSeconds || box.IntersectionOverUnion(_lastBox) < SameFaceOverlap;

    void Begin()
    {
        TrackId++;
        _window.Clear();
        _lastBad = default;
        _decided = false;
        _begunAt = time.GetTimestamp();
    }

    AccessDecision? Weigh(AccessDecision frame)
    {
        if (frame is { OpensDoor: false, Reason: DenyReason.NotDecided or <= DenyReason.TooBright })
        {
            _lastBad = frame;
            return time.GetElapsedTime(_begunAt).TotalSeconds > _options.PatienceSeconds ? MostFrequent() : null;
        }

        if (_window.Count == _options.Window) _window.Dequeue();
        _window.Enqueue(frame);
        if (frame.OpensDoor && Agree(frame) && _window.Count(other => other.OpensDoor) >= _options.Needed) return frame;

        return _window.Count == _options.Window ? MostFrequent() : null;
    }

    /// <summary>
    /// Whether no good frame took him for somebody else: a face that is now one and now another person is neither, however
    /// many frames each of them has.
    /// </summary>
    bool Agree(AccessDecision frame) => _window.All(other => !other.OpensDoor || other.Granted == frame.Granted);

    /// <summary>Denies for the reason that most frames gave, with the values of the last that gave it.</summary>
    AccessDecision MostFrequent()
    {
        var denials = _window.Where(frame => !frame.OpensDoor).GroupBy(frame => frame.Reason)
            .OrderByDescending(group => group.Count()).FirstOrDefault();
        if (denials is not null) return denials.Last();

        // Nobody was denied: too few good frames of one person, or several people.
        return _window.Count == 0 || Agree(_window.Peek()) ? _lastBad : AccessDecision.Deny(DenyReason.Ambiguous, 0, 0);
    }
}

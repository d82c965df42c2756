using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Pipeline;

/// <summary>
/// Follows the one who stands at the door from frame to frame and lets the policy speak once for each: a person in view
/// is decided, not decided again thirty times a second. A grant ends it. After a denial whoever stays has another try a
/// little later. Bad frames are nobody's fault: they are waited out, and every few seconds it is said what they lack.
/// </summary>
sealed class FaceTracker(ConsensusOptions options, TimeProvider time)
{
    const double RetrySecondsMost = 60;

    readonly ConsensusOptions _options = OptionsCheck.Ensure(options);
    readonly Queue<(AccessDecision Frame, long At)> _window = new();
    FaceBox _lastBox;
    long _seenAt;
    long _advisedAt;
    long? _deniedAt;
    double _retrySeconds;
    bool _granted;

    /// <summary>Counts the people who came; 0 before the first.</summary>
    public int TrackId { get; private set; }

    /// <summary>Whether the one who was followed last is still there, but for a gap that is no leaving.</summary>
    public bool IsPresent => TrackId > 0 && SecondsSince(_seenAt) <= _options.GapSeconds;

    /// <summary>Takes what a frame says, and returns the decision in the frame in which it falls; else null.</summary>
    public AccessDecision? Follow(FrameVerdict? verdict)
    {
        if (verdict is not { } seen) return null;

        if (TrackId == 0 || IsSomebodyElse(seen.Box))
        {
            TrackId++;
            _granted = false;
            _retrySeconds = _options.RetrySeconds;
            BeginAttempt();
        }

        (_lastBox, _seenAt) = (seen.Box, time.GetTimestamp());
        if (_granted) return null;
        if (_deniedAt is { } since)
        {
            if (SecondsSince(since) < _retrySeconds) return null;
            // Whoever lingers is asked less and less often: he is no new attempt every few seconds.
            _retrySeconds = Math.Min(2 * _retrySeconds, Math.Max(RetrySecondsMost, _options.RetrySeconds));
            BeginAttempt();
        }

        return IsBadPicture(seen.Decision) ? Advise(seen.Decision) : Weigh(seen.Decision);
    }

    /// <summary>The face was right and the door stays shut all the same: whoever stays has another try a little later.</summary>
    public void Deny() => (_granted, _deniedAt) = (false, time.GetTimestamp());

    bool IsSomebodyElse(in FaceBox box) =>
        SecondsSince(_seenAt) > _options.GapSeconds || box.IntersectionOverUnion(_lastBox) < FaceTracks.SameFaceOverlap;

    static bool IsBadPicture(AccessDecision frame) =>
        !frame.OpensDoor && frame.Reason.IsBadPicture();

    void BeginAttempt()
    {
        _window.Clear();
        _deniedAt = null;
        _advisedAt = time.GetTimestamp();
    }

    AccessDecision? Advise(AccessDecision frame)
    {
        if (SecondsSince(_advisedAt) <= _options.PatienceSeconds) return null;

        _advisedAt = time.GetTimestamp();
        return frame;
    }

    AccessDecision? Weigh(AccessDecision frame)
    {
        // What was seen longer ago says nothing of who stands there now.
        while (_window.TryPeek(out var oldest)
            && (_window.Count == _options.Window || SecondsSince(oldest.At) > _options.PatienceSeconds))
        {
            _window.Dequeue();
        }

        _window.Enqueue((frame, time.GetTimestamp()));
        if (frame.OpensDoor && MayOpen(frame))
        {
            _granted = true;
            return frame;
        }

        if (_window.Count < _options.Window) return null;

        _deniedAt = time.GetTimestamp();
        return MostFrequent();
    }

    /// <summary>
    /// Enough frames for this person, none for anybody else, and none that looked like a picture: a face that is now one and
    /// now another person is neither, and an attack must not live on its few best frames.
    /// </summary>
    bool MayOpen(AccessDecision frame)
    {
        var agreeing = 0;
        foreach (var (other, _) in _window)
        {
            if (other.OpensDoor && other.Granted != frame.Granted) return false;
            if (!other.OpensDoor && other.Reason is DenyReason.Spoof) return false;
            if (other.OpensDoor) agreeing++;
        }

        return agreeing >= _options.Needed;
    }

    /// <summary>Denies for the reason that most frames gave, with the values of the last that gave it.</summary>
    AccessDecision MostFrequent()
    {
        var denials = _window.Select(seen => seen.Frame).Where(frame => !frame.OpensDoor).GroupBy(frame => frame.Reason)
            .OrderByDescending(group => group.Count()).FirstOrDefault();
        // Every frame would have opened, but not for the same person.
        return denials?.Last() ?? AccessDecision.Deny(DenyReason.Ambiguous, 0, 0);
    }

    double SecondsSince(long timestamp) => time.GetElapsedTime(timestamp).TotalSeconds;
}

using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Pipeline;

/// <summary>
/// Follows the one who stands at the door from frame to frame and lets the policy speak once for each: a person in view
/// is decided, not decided again thirty times a second. A grant ends it. After a denial whoever stays has another try a
/// little later. Whether he is alive takes a while to know, and is waited for. Bad frames are nobody's fault: they are waited out, and every few seconds it is said what they lack. Who
/// leaves before he was decided is denied by what his frames said, if they were as many as would have opened: an attack that
/// is taken away in time is an attack.
/// </summary>
sealed class FaceTracker(ConsensusOptions options, TimeProvider time)
{
    const double RetrySecondsMost = 60;

    readonly ConsensusOptions _options = OptionsCheck.Ensure(options);
    readonly Queue<(AccessDecision Frame, long At)> _window = new();
    FaceBox _lastBox;
    long _seenAt;
    long _advisedAt;
    long _attemptAt;
    long? _weighedSince;
    long? _deniedAt;
    double _doubted;
    long _doubtAt;
    double _retrySeconds;
    AccessDecision _decided;
    int _contradictions;
    bool _granted, _left;

    /// <summary>Counts the people who came; 0 before the first.</summary>
    public int TrackId { get; private set; }

    /// <summary>Whether the one who was followed last is still there, but for a gap that is no leaving.</summary>
    public bool IsPresent => TrackId > 0 && !_left && SecondsSince(_seenAt) <= _options.GapSeconds;

    /// <summary>Since the first frame of the present attempt: of a decision, how long it took.</summary>
    public TimeSpan AttemptAge => time.GetElapsedTime(_attemptAt);

    /// <summary>
    /// Takes what a frame says, and returns the decision in the frame in which it falls; else null. Where somebody else has
    /// come, it is the decision on the one who left, and the newcomer begins with the next frame.
    /// </summary>
    public AccessDecision? Follow(FrameVerdict? verdict)
    {
        if (HasLeft(verdict))
        {
            _left = true;
            if (OnLeaving() is { } denied) return denied;
        }

        if (verdict is not { } seen) return null;

        if (TrackId == 0 || _left) BeginTrack();
        (_lastBox, _seenAt) = (seen.Box, time.GetTimestamp());
        if (IsInHisPlace(seen.Decision)) BeginTrack();
        if (_granted) return null;
        if (_deniedAt is { } since)
        {
            // What was missing may come at any time, and then nobody has to wait for his next try.
            var isSureNow = IsUnsure(_decided) && !IsUnsure(seen.Decision) && !IsBadPicture(seen.Decision);
            if (SecondsSince(since) < _retrySeconds && !isSureNow) return null;
            // Whoever lingers is asked less and less often: he is no new attempt every few seconds.
            _retrySeconds = Math.Min(2 * _retrySeconds, Math.Max(RetrySecondsMost, _options.RetrySeconds));
            BeginAttempt();
        }

        return IsBadPicture(seen.Decision) ? Advise(seen.Decision)
            : IsUnsure(seen.Decision) ? Doubt(seen.Decision)
            : Weigh(seen.Decision);
    }

    /// <summary>The face was right and the door stays shut all the same: whoever stays has another try a little later.</summary>
    public void Deny() => (_granted, _deniedAt) = (false, time.GetTimestamp());

    /// <summary>
    /// It was decided in another way, and that is how it stands: whoever passed a challenge is not asked again, and whoever failed one
    /// is not let in a moment later because his frames look better now.
    /// </summary>
    public void Settle(AccessDecision decision)
    {
        (_granted, _decided) = (decision.OpensDoor, decision);
        _deniedAt = decision.OpensDoor ? null : time.GetTimestamp();
    }

    bool HasLeft(FrameVerdict? verdict) => TrackId > 0 && !_left
        && (!IsPresent || verdict is { } seen && seen.Box.IntersectionOverUnion(_lastBox) < FaceTracks.SameFaceOverlap);

    AccessDecision? OnLeaving()
    {
        if (_granted || _deniedAt is not null || Denials() is not { } denials || denials.Count() < _options.Needed) return null;

        return denials.Last();
    }

    /// <summary>
    /// Whether somebody else stands where the one stood who was decided: a whole window of frames in a row says so. One who was
    /// taken for an attack does not become another one by better frames.
    /// </summary>
    bool IsInHisPlace(AccessDecision frame)
    {
        if (!_granted && _deniedAt is null || IsBadPicture(frame)) return false;

        var contradicts = _decided.Granted is { } subject
            ? frame.OpensDoor ? frame.Granted != subject : frame.Reason is DenyReason.Unknown
            : frame.OpensDoor && _decided.Reason is DenyReason.Unknown or DenyReason.Ambiguous;
        _contradictions = contradicts ? _contradictions + 1 : 0;
        return _contradictions >= _options.Window;
    }

    void BeginTrack()
    {
        TrackId++;
        (_left, _granted, _retrySeconds) = (false, false, _options.RetrySeconds);
        BeginAttempt();
    }

    static bool IsBadPicture(AccessDecision frame) =>
        !frame.OpensDoor && frame.Reason.IsBadPicture();

    void BeginAttempt()
    {
        _window.Clear();
        (_deniedAt, _weighedSince, _contradictions) = (null, null, 0);
        _advisedAt = _attemptAt = time.GetTimestamp();
    }

    AccessDecision? Advise(AccessDecision frame)
    {
        if (SecondsSince(_advisedAt) <= _options.PatienceSeconds) return null;

        _advisedAt = time.GetTimestamp();
        return frame;
    }

    static bool IsUnsure(AccessDecision frame) => !frame.OpensDoor && frame.Reason is DenyReason.Unsure;

    /// <summary>
    /// It is not known yet whether he is alive: waited for. Whoever leaves meanwhile has only passed by; but a photograph that is
    /// taken away again and again has been there for as long as all its showings.
    /// </summary>
    AccessDecision? Doubt(AccessDecision frame)
    {
        const double ForgetSeconds = 5;
        var since = SecondsSince(_doubtAt);
        _doubted = since > ForgetSeconds ? 0 : _doubted + Math.Min(since, _options.GapSeconds);
        _doubtAt = time.GetTimestamp();
        if (_doubted < _options.DoubtSeconds) return null;

        (_deniedAt, _decided, _doubted) = (_doubtAt, frame, 0);
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

        var now = time.GetTimestamp();
        _doubted = 0;
        _weighedSince ??= now;
        _window.Enqueue((frame, now));
        if (frame.OpensDoor && MayOpen(frame))
        {
            (_granted, _decided) = (true, frame);
            return frame;
        }

        if (!IsWeighed()) return null;

        (_deniedAt, _decided) = (now, Denied());
        return _decided;
    }

    /// <summary>The newest denial for the reason that most frames gave. It names somebody where as many frames agree as would have opened.</summary>
    AccessDecision Denied()
    {
        // Every frame of a full window would have opened, but not for the same person.
        if (Denials()?.ToArray() is not { } denials) return AccessDecision.Deny(DenyReason.Ambiguous, 0, 0);

        var isNamed = denials.Length >= _options.Needed && denials.All(frame => frame.Known == denials[0].Known);
        return isNamed ? denials[^1] : denials[^1].Unnamed();
    }

    /// <summary>The window is full; or the time for it is over, and there are as many frames as would have opened.</summary>
    bool IsWeighed() => _window.Count >= _options.Window
        || _weighedSince is { } since && SecondsSince(since) >= _options.PatienceSeconds
            && _window.Count >= _options.Needed && _window.Any(seen => !seen.Frame.OpensDoor);

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

    /// <summary>The denials for the reason that most frames gave; null when none denied.</summary>
    IGrouping<DenyReason, AccessDecision>? Denials() => _window.Select(seen => seen.Frame).Where(frame => !frame.OpensDoor)
        .GroupBy(frame => frame.Reason).OrderByDescending(group => group.Count()).FirstOrDefault();

    double SecondsSince(long timestamp) => time.GetElapsedTime(timestamp).TotalSeconds;
}

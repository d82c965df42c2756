using System.Numerics.Tensors;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Liveness;
using EdgeFace.Matching;

namespace EdgeFace.Pipeline;

/// <summary>
/// A challenge at a door: shows it the frames that the door judges, compares every face that can be compared with the first one,
/// and tells what happens. What it comes to is a decision on the newest frames: passing it lets nobody in whom they do not name, and
/// who is named must be the same from the beginning to the end. On the door's own thread.
/// </summary>
/// <param name="cause">Why there is one.</param>
/// <param name="steps">What is asked.</param>
/// <param name="options">Time limits.</param>
/// <param name="similarityMin">From which on two frames are of one person.</param>
/// <param name="subject">Whom the tracker took the face for; null where it did not say.</param>
/// <param name="tell">Hears what happens; it must not block.</param>
/// <param name="time">Of the frames' capture.</param>
sealed class DoorChallenge(
    ChallengeCause cause, ReadOnlySpan<Movement> steps, ChallengeOptions options, float similarityMin, SubjectId? subject,
    Action<ChallengeNews> tell, TimeProvider time)
{
    /// <summary>Frames in a row that must name the person at the end: as many as the shortest rest has.</summary>
    const int AgreeingNeeded = 3;

    readonly Challenge _challenge = new(steps, similarityMin, options);
    readonly long _began = time.GetTimestamp();
    float[]? _firstFace;
    SubjectId? _subject = subject;
    AccessDecision _newest;
    int _agreeing;
    int? _track;
    bool _started, _told;
    Movement _asked;

    public ChallengeCause Cause => cause;

    public ChallengeState State => _challenge.State;

    public ChallengeFailure Failure => _challenge.Failure;

    public int Done => _challenge.Done;

    public int Steps => _challenge.Steps;

    /// <summary>What the person has to be told now.</summary>
    public string Prompt => ChallengePrompt.Of(_challenge.Asked);

    /// <summary>When the newest frame was taken; before the first, when it began.</summary>
    public long CapturedAt { get; private set; } = time.GetTimestamp();

    public TimeSpan Lasted => time.GetElapsedTime(_began);

    /// <summary>What is to be said to the desk once it is over.</summary>
    public AccessDecision Decision => State is not ChallengeState.Passed
        ? AccessDecision.Deny(DenyReason.ChallengeFailed, Done, Steps)
        : _agreeing >= AgreeingNeeded ? _newest : !_newest.OpensDoor ? _newest.Unnamed() : AccessDecision.Deny(DenyReason.Ambiguous, 0, 0);

    /// <summary>Nobody passes: whoever began it is gone, or the door has other things to do.</summary>
    public void CallOff()
    {
        _challenge.CallOff();
        Tell();
    }

    /// <summary>Time has passed, with a frame or without.</summary>
    public void Tick()
    {
        _challenge.Tick(Lasted);
        Tell();
    }

    /// <summary>Takes what a frame shows.</summary>
    /// <param name="frame">That the pipeline has judged last.</param>
    /// <param name="verdict">Null when nobody is there.</param>
    /// <param name="track">Which face it is; null when nobody is there.</param>
    /// <param name="pipeline">Knows the rest of that frame.</param>
    public void See(Frame frame, FrameVerdict? verdict, int? track, DoorPipeline pipeline)
    {
        if (frame.CapturedAt < _began) return; // was taken before anything was asked

        CapturedAt = frame.CapturedAt;
        var at = time.GetElapsedTime(_began, frame.CapturedAt);
        if (verdict is not { } seen)
        {
            _challenge.See(new ChallengeFrame(at, null, 0, null, IsSpoof: false));
        }
        else if ((_track ??= track) != track)
        {
            _challenge.Lose();
        }
        else
        {
            var similarity = Compare(frame, seen, pipeline);
            var look = FaceLook.Of(pipeline.LastFace.Points, seen.Quality.Pose);
            var isSpoof = !seen.Decision.OpensDoor && seen.Decision.Reason is DenyReason.Spoof;
            if (_challenge.State is ChallengeState.Running)
                _challenge.See(new ChallengeFrame(at, look, pipeline.FacesNear, similarity, isSpoof));
        }

        Tell();
    }

    /// <summary>Cosine to the first face; null where the picture is too bad to be compared.</summary>
    float? Compare(Frame frame, in FrameVerdict seen, DoorPipeline pipeline)
    {
        if (!seen.Decision.OpensDoor && seen.Decision.Reason.IsBadPicture()) return null;

        // Whom the policy would not look up is looked up here: the challenge is what it wants to be sure by.
        var isUnsure = !seen.Decision.OpensDoor && seen.Decision.Reason is DenyReason.Unsure;
        var named = isUnsure ? pipeline.Identify(frame) : seen.Decision;
        if (pipeline.LastProbe is not { IsEmpty: false } face) return null;

        Name(named);
        if (_firstFace is null)
        {
            _firstFace = face.ToArray();
            return 1;
        }

        return TensorPrimitives.Dot(_firstFace, face);
    }

    void Name(AccessDecision named)
    {
        _newest = named;
        _agreeing = named.OpensDoor ? _agreeing + 1 : 0;
        if (named.Granted is not { } who) return;

        if ((_subject ??= who) != who) _challenge.Swap();
    }

    /// <summary>What has changed since the last frame.</summary>
    void Tell()
    {
        if (!_started) News(ChallengeMoment.Started);
        _started = true;
        if (_told) return;

        if (_challenge.Asked != _asked && State is ChallengeState.Running)
        {
            _asked = _challenge.Asked;
            News(_asked is Movement.None ? ChallengeMoment.Rest : ChallengeMoment.Step);
        }

        if (State is ChallengeState.Running) return;

        _told = true;
        News(State is ChallengeState.Passed ? ChallengeMoment.Passed : ChallengeMoment.Failed);
    }

    void News(ChallengeMoment moment) =>
        tell(new ChallengeNews(moment, cause, _challenge.Asked, Done, Steps, _subject, Failure));
}

using System.Threading.Channels;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Doors;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Subjects;

namespace EdgeFace.Pipeline;

/// <summary>
/// One door and the camera that looks at it: takes the newest frame, judges it, follows who stands there, asks the desk and
/// hands a grant to the door, on a thread of its own. Everything else that concerns the door's decisions (a card, a PIN, other
/// people to know, an enrolment) is an errand that this thread runs between two frames, so nothing of it needs a lock.
/// </summary>
/// <param name="name">Of the door.</param>
/// <param name="camera">Its newest frame wins; the others are counted and dropped.</param>
/// <param name="pipeline">Judges a frame.</param>
/// <param name="tracker">Makes a decision of many frames.</param>
/// <param name="tailgating">Watches who else is there.</param>
/// <param name="tracks">Every face in view.</param>
/// <param name="desk">Of the site.</param>
/// <param name="door">Obeys a grant, or refuses it with a reason of its own.</param>
/// <param name="conclude">Hears every decision; it journals and counts and must not block.</param>
/// <param name="time">Ages and stamps.</param>
sealed class DoorWatch(
    string name, Camera camera, DoorPipeline pipeline, FaceTracker tracker, FaceTracks tracks, Tailgating tailgating,
    AccessDesk desk, Door door, Action<DoorConclusion> conclude, TimeProvider time)
{
    /// <summary>How long a card waits at most for its turn, and how often an awaited factor is missed.</summary>
    static readonly TimeSpan FrameWait = TimeSpan.FromMilliseconds(50);

    const int ErrandsMost = 16;

    // A full queue refuses: whoever sent the errand is told, and may send it again.
    readonly Channel<Action> _errands = Channel.CreateBounded<Action>(
        new BoundedChannelOptions(ErrandsMost) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    Action? _adopt;
    Action<Frame>? _pictureTaker;
    GuidedEnrollment? _enrollment;
    Action<IReadOnlyList<EnrollmentSample>>? _enrolled;
    DoorChallenge? _challenge;
    BonaFideSeries? _series;
    FrameVerdict? _verdict;
    Frame? _frame;
    long _pausedUntil;
    int _awaitedTrack;
    bool _awaits; // a second factor, for the face that the tracker has decided

    public string Name => name;

    /// <summary>Frames that were judged, with a face or without.</summary>
    public long Judged { get; private set; }

    /// <summary>Hears what each frame with somebody in it cost; it must not block.</summary>
    public Action<FrameTiming>? FrameJudged { get; set; }

    /// <summary>The most bytes of a picture that goes with a decision about a face; 0, as long as nobody asks for any: none.</summary>
    public int PictureBytesMax { get; init; }

    /// <summary>When somebody has to show that he is there and alive before the door opens.</summary>
    public StepUpOptions StepUp { get; init; } = new();

    /// <summary>Says what is asked, given how much; anything but chance is for tests.</summary>
    public Func<int, Movement[]> DrawSteps { get; init; } = ChallengeSteps.Draw;

    /// <summary>From which similarity on two frames are of one person.</summary>
    public float SamePersonMin { get; init; } = 1;

    /// <summary>What whoever stands there has to be told now; null while nobody is challenged. From any thread.</summary>
    public string? Prompt { get; private set; }

    /// <summary>Runs until it is stopped; an exception is a fault of the program, and ends it.</summary>
    /// <param name="alive">Called in every round: the watch is not stuck.</param>
    /// <param name="stop">Ends the watch within one frame.</param>
    public void Run(Action alive, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Interlocked.Exchange(ref _adopt, null)?.Invoke();
            while (_errands.Reader.TryRead(out var errand)) errand();
            if (camera.Frames.TryTake(FrameWait, stop, out var frame))
            {
                using (frame) Look(_frame = frame);
                _frame = null;
            }

            if (_challenge is { } challenge) Tick(challenge);
            if (desk.Tick(name) is { } missed) Conclude(missed);
            alive();
        }
    }

    /// <summary>False when too many errands wait already.</summary>
    public bool TrySend(Action errand) => _errands.Writer.TryWrite(errand);

    /// <summary>From the next frame on other people are known, or others of their rights. From any thread, and never refused.</summary>
    public void Adopt(Gallery known, AccessPolicy judge) => _adopt = () => pipeline.Adopt(known, judge);

    /// <summary>A card was held against the reader; to be sent as an errand. Null: a face is awaited.</summary>
    public AccessAnswer? Card(string number) => Concluded(desk.Card(name, number));

    /// <summary>A PIN was typed; to be sent as an errand. Null: a face is awaited.</summary>
    public AccessAnswer? Pin(string digits) => Concluded(desk.Pin(name, digits));

    /// <summary>The next frame is shown to somebody; to be sent as an errand.</summary>
    public void ShowNext(Action<Frame> taker) => _pictureTaker = taker;

    /// <summary>For so long no face is decided at this door: a test shows it attacks; to be sent as an errand.</summary>
    /// <returns>False while somebody is enrolled, challenged or measured.</returns>
    public bool TryPauseFor(TimeSpan length)
    {
        if (IsBusy) return false;

        _pausedUntil = time.GetTimestamp() + (long)(length.TotalSeconds * time.TimestampFrequency);
        return true;
    }

    /// <summary>Until it is over, nobody is decided at this door; to be sent as an errand.</summary>
    /// <returns>False while another one is under way.</returns>
    public bool TryBegin(GuidedEnrollment enrollment, Action<IReadOnlyList<EnrollmentSample>> enrolled)
    {
        if (IsBusy) return false;

        (_enrollment, _enrolled) = (enrollment, enrolled);
        return true;
    }

    /// <summary>That enrolment is over, whether it came to its end or not; to be sent as an errand.</summary>
    public void End(GuidedEnrollment enrollment)
    {
        if (ReferenceEquals(_enrollment, enrollment)) (_enrollment, _enrolled) = (null, null);
    }

    /// <summary>An operator's: it opens nothing, and until it is over nobody is decided at this door; to be sent as an errand.</summary>
    /// <returns>Null while another one, or an enrolment, is under way.</returns>
    public DoorChallenge? TryChallenge(ChallengeOptions options, Action<ChallengeNews> hear)
    {
        if (IsBusy) return null;

        return _challenge = Make(ChallengeCause.Operator, options, subject: null, hear);
    }

    /// <summary>Whoever began it is gone; to be sent as an errand.</summary>
    public void End(DoorChallenge challenge)
    {
        if (!ReferenceEquals(_challenge, challenge)) return;

        challenge.CallOff();
        (_challenge, Prompt) = (null, null);
    }

    /// <summary>Until it is over, nobody is decided at this door; to be sent as an errand.</summary>
    /// <returns>False while something else is under way.</returns>
    public bool TryBegin(BonaFideSeries series)
    {
        if (IsBusy) return false;

        _series = series;
        return true;
    }

    /// <summary>Whoever began it has what he wants, or is gone; to be sent as an errand.</summary>
    public void End(BonaFideSeries series)
    {
        if (ReferenceEquals(_series, series)) _series = null;
    }

    bool IsBusy => _enrollment is not null || _challenge is not null || _series is not null;

    void Look(Frame frame)
    {
        Judged++;
        if (Interlocked.Exchange(ref _pictureTaker, null) is { } taker) taker(frame);
        _verdict = pipeline.Judge(frame);
        if (_verdict is not null) FrameJudged?.Invoke(pipeline.Timing);
        tracks.Update(pipeline.Faces);
        if (_enrollment is not null)
        {
            Enroll(_enrollment);
            return;
        }

        if (_series is { } series)
        {
            // It ends here and not only where it was begun: whoever began it may be gone.
            series.See(frame, _verdict, pipeline);
            if (series.IsOver) _series = null;
            return;
        }

        if (time.GetTimestamp() < _pausedUntil) return;

        if (tailgating.Sees(tracks, door.Unlocked || door.State is DoorState.Open or DoorState.HeldOpen))
            conclude(DoorConclusion.Tailgating(name, time.GetUtcNow()));
        if (_challenge is { } challenge)
            See(challenge, frame);
        else if (tracker.Follow(_verdict) is { } decision)
            Decide(decision, frame.CapturedAt);
        else if (_awaits)
            Await(frame.CapturedAt);
    }

    /// <summary>Keeps the evidence fresh for as long as the desk waits; where it does no more, whoever stays may begin anew.</summary>
    void Await(long capturedAt)
    {
        if (desk.AwaitedAt(name) is not { } awaited)
        {
            _awaits = false;
            tracker.Deny();
        }
        else if (_verdict?.Decision.Granted == awaited && tracker.TrackId == _awaitedTrack)
        {
            desk.Confirm(name, awaited, capturedAt);
        }
    }

    /// <summary>What the frames say of the face goes to the desk, unless they say that they are none of a face that counts.</summary>
    void Decide(AccessDecision face, long capturedAt)
    {
        if (StepUp.IsDueFor(face) && camera.Scene is SceneFault.None && desk.LockedOutFor(name) is null)
        {
            var cause = face.OpensDoor ? ChallengeCause.Always : ChallengeCause.Unsure;
            _challenge = Make(cause, StepUp.Challenge, face.Granted, _ => { });
            return;
        }

        Settle(face, capturedAt, isChallenged: false);
    }

    void Settle(AccessDecision face, long capturedAt, bool isChallenged)
    {
        if (face.OpensDoor && camera.Scene is not SceneFault.None)
            face = AccessDecision.Deny(DenyReason.CameraUntrusted, (int)camera.Scene, 0);
        // Whatever kept the challenge from being begun may be over by now.
        if (face.OpensDoor && StepUp.When is StepUpWhen.Always && !isChallenged)
            face = AccessDecision.Deny(DenyReason.ChallengeFailed, 0, StepUp.Steps);

        if (desk.Face(name, face, capturedAt) is { } answer) Conclude(answer);
        else _awaits = desk.AwaitedAt(name) is not null;
        _awaitedTrack = tracker.TrackId;
    }

    AccessAnswer? Concluded(AccessAnswer? answer) => answer is null ? null : Conclude(answer);

    /// <summary>The desk has said yes or no; of a yes the door has the last word.</summary>
    AccessAnswer Conclude(AccessAnswer answer)
    {
        var now = time.GetTimestamp();
        if (answer.Decision.OpensDoor)
        {
            var result = door.Grant(new DoorGrant(
                answer.Decision.Granted, answer.CapturedAt ?? now,
                TrackPresent: answer.CapturedAt is null || tracker.IsPresent, answer.Extended));
            if (result.Opens)
            {
                desk.Granted(answer);
                // Where no contact tells that the door opens, or it stands open already, he who is let in has passed.
                if (!door.Options.HasContact || door.State is DoorState.Open or DoorState.HeldOpen) desk.Passed(name);
                if (_verdict is { } seen && tracks.IdOf(seen.Box) is { } track) tailgating.Granted(track);
            }
            else
            {
                answer = answer with { Decision = RefusedByDoor(result) };
            }
        }

        // After a wrong PIN the face still waits, for another one.
        _awaits = desk.AwaitedAt(name) is not null;
        if (!answer.Decision.OpensDoor && answer.CapturedAt is not null && !_awaits) tracker.Deny();
        var ofThisFrame = answer.CapturedAt is not null && tracker.IsPresent; // and not of one who has left
        conclude(new DoorConclusion(name, time.GetUtcNow())
        {
            Answer = answer,
            Track = tracker.TrackId,
            Verdict = ofThisFrame ? _verdict : null,
            Timing = pipeline.Timing,
            Picture = ofThisFrame && PictureBytesMax > 0 && _frame is not null ? FrameJpeg.Within(_frame, PictureBytesMax) : null,
            TimeToVerdict = ofThisFrame ? tracker.AttemptAge : null,
            EvidenceAge = answer.CapturedAt is { } captured ? time.GetElapsedTime(captured) : null,
        });
        return answer;
    }

    static AccessDecision RefusedByDoor(DoorGrantResult result) => result.Reply switch
    {
        DoorReply.Stale or DoorReply.FromFuture => Refused(DenyReason.Stale, result),
        DoorReply.TrackLeft => AccessDecision.Deny(DenyReason.Stale, 0, 0),
        DoorReply.Lockdown => Refused(DenyReason.Lockdown, result),
        DoorReply.HeldLocked => Refused(DenyReason.HeldLocked, result),
        DoorReply.Interlocked => Refused(DenyReason.Interlocked, result),
        DoorReply.Tampered => Refused(DenyReason.TamperedDoor, result),
        _ => Refused(DenyReason.DoorFaulted, result),
    };

    static AccessDecision Refused(DenyReason reason, DoorGrantResult result) =>
        AccessDecision.Deny(reason, (float)result.Value, (float)result.Limit);

    DoorChallenge Make(ChallengeCause cause, ChallengeOptions options, SubjectId? subject, Action<ChallengeNews> hear)
    {
        var challenge = new DoorChallenge(cause, DrawSteps(options.Steps), options, SamePersonMin, subject, news =>
        {
            conclude(DoorConclusion.OfChallenge(name, time.GetUtcNow(), news));
            hear(news);
        }, time);
        challenge.Tick();
        Prompt = challenge.Prompt;
        return challenge;
    }

    /// <summary>Whoever is to be let in must not leave meanwhile: the tracker goes on following him, and has no say.</summary>
    void See(DoorChallenge challenge, Frame frame)
    {
        if (challenge.Cause is not ChallengeCause.Operator) tracker.Follow(_verdict);
        challenge.See(frame, _verdict, _verdict is { } seen ? tracks.IdOf(seen.Box) : null, pipeline);
        Finish(challenge);
    }

    /// <summary>A camera that gives no frame any more ends it, too.</summary>
    void Tick(DoorChallenge challenge)
    {
        challenge.Tick();
        Finish(challenge);
    }

    void Finish(DoorChallenge challenge)
    {
        Prompt = challenge.Prompt;
        if (challenge.State is ChallengeState.Running) return;

        (_challenge, Prompt) = (null, null);
        if (challenge.Cause is ChallengeCause.Operator) return;

        var decision = challenge.Decision;
        tracker.Settle(decision);
        Settle(decision, challenge.CapturedAt, isChallenged: true);
    }

    void Enroll(GuidedEnrollment enrollment)
    {
        enrollment.See(_verdict, pipeline.FacesNear, SampleOfFrame);
        if (!enrollment.IsOver) return;

        var enrolled = _enrolled;
        (_enrollment, _enrolled) = (null, null);
        enrolled?.Invoke(enrollment.Samples);
    }

    EnrollmentSample? SampleOfFrame() => pipeline.LastEmbedding() is { } embedding && _verdict is { } seen
        ? new EnrollmentSample(embedding, Alignment.QualityScore.Of(seen.Quality), time.GetUtcNow()) : null;
}

using EdgeFace.Capture;

namespace EdgeFace.Liveness;

/// <summary>How far a challenge is. Only one of them lets anybody through, and it is not zero.</summary>
public enum ChallengeState
{
    Running,
    Failed,
    Passed,
}

/// <summary>
/// An active challenge: somebody is asked for movements in an order that nobody knows beforehand. Before each he has to look
/// straight and hold still, so that a pose that is held and a recording that runs on cannot answer; then the movement that was
/// asked for has to be the first that begins, within its time and not before a person could have answered; at the end he has to
/// look straight once more. All of it by one face: alone in view, never away, similar to the first frame wherever it is compared
/// (and compared in every rest), and not taken for an attack. Blinks that nobody asked for are let be: everybody blinks.
/// No input, numbers or none, leads to <see cref="ChallengeState.Passed"/> in any other way. Pure, and it allocates nothing from
/// frame to frame; one thread at a time.
/// </summary>
public sealed class Challenge
{
    /// <summary>Nobody answers words sooner: simple reactions to light take 0.2 s at best, and these words have to be read.</summary>
    const double ReactionSeconds = 0.2;

    /// <summary>So many frames in a row that look like an attack, or with more than one face, end it: one of them is chance.</summary>
    const int BadFramesMax = 3;

    readonly ChallengeOptions _options;
    readonly Movement[] _steps;
    readonly float _similarityMin;
    readonly MovementLimits _limits;
    readonly MovementReader _reader;
    TimeSpan? _began, _last, _faceAt;
    FaceLook? _home;
    TimeSpan _askedAt;
    int _spoofs, _crowds;
    bool _compared;

    /// <param name="steps">What is asked, in this order; at least one.</param>
    /// <param name="similarityMin">From which on two frames are of one person.</param>
    /// <param name="options">Time limits.</param>
    /// <param name="limits">What counts as a movement.</param>
    /// <exception cref="ArgumentException">There is no step or one is none, or an option is out of its range.</exception>
    public Challenge(
        ReadOnlySpan<Movement> steps, float similarityMin, ChallengeOptions? options = null, MovementLimits? limits = null)
    {
        if (steps.IsEmpty || steps.Contains(Movement.None) || !(similarityMin >= -1 && similarityMin <= 1))
            throw new ArgumentException("A challenge asks for at least one movement, of a face that is known again.", nameof(steps));

        (_steps, _similarityMin) = (steps.ToArray(), similarityMin);
        _options = OptionsCheck.Ensure(options ?? new ChallengeOptions());
        _limits = limits ?? new MovementLimits();
        _reader = new MovementReader(_limits);
    }

    public ChallengeState State { get; private set; }

    /// <summary>Why it failed; as long as it runs, that it is not done.</summary>
    public ChallengeFailure Failure { get; private set; }

    /// <summary>What is asked for now; none: to look straight and hold still.</summary>
    public Movement Asked { get; private set; }

    /// <summary>Steps that were done as asked.</summary>
    public int Done { get; private set; }

    public int Steps => _steps.Length;

    /// <summary>Whoever began it, or the state of the door, ends it: nobody passes.</summary>
    public void CallOff() => Fail(ChallengeFault.CalledOff, 0, 0);

    /// <summary>The face that was followed is gone, and another one is there.</summary>
    public void Lose() => Fail(ChallengeFault.FaceLost, 0, 0);

    /// <summary>The face is there, and is now taken for somebody else.</summary>
    public void Swap() => Fail(ChallengeFault.AnotherFace, 0, 0);

    /// <summary>Time has passed, with a frame or without.</summary>
    public void Tick(TimeSpan now)
    {
        if (State is not ChallengeState.Running) return;

        var began = _began ??= now;
        if (Seconds(began, now) > _options.TotalSeconds)
            Fail(ChallengeFault.TooLong, Seconds(began, now), _options.TotalSeconds);
        else if (Asked is not Movement.None && Seconds(_askedAt, now) > _options.StepSeconds)
            Fail(ChallengeFault.TimedOut, Seconds(_askedAt, now), _options.StepSeconds);
        else if (_faceAt is { } seen && Seconds(seen, now) > _options.GapSeconds)
            Fail(ChallengeFault.FaceLost, Seconds(seen, now), _options.GapSeconds);
    }

    /// <summary>Takes a frame; one that is not later than the last is passed over.</summary>
    public void See(in ChallengeFrame frame)
    {
        if (_last is { } last && frame.At <= last) return;

        _last = frame.At;
        Tick(frame.At);
        if (State is not ChallengeState.Running || frame.Look is not { IsNumber: true } look) return;

        _faceAt = frame.At;
        // What cannot be compared may be somebody else's: it neither moves nor rests.
        if (!IsOneLivingFace(frame) || frame.Similarity is null) return;

        _reader.FollowsRest = Asked is Movement.None;
        _reader.See(look, frame.At);
        if (_reader.RestIsNew) _compared = true;
        if (Asked is Movement.None) Rest(frame.At);
        else Answer(frame.At);
    }

    /// <summary>What speaks against a frame ends the rest it is in, and what speaks against it for long or clearly ends it all.</summary>
    bool IsOneLivingFace(in ChallengeFrame frame)
    {
        if (frame.Similarity is { } similarity)
        {
            if (!(similarity >= _similarityMin))
            {
                Fail(ChallengeFault.AnotherFace, similarity, _similarityMin);
                return false;
            }

            _compared = true;
        }

        _spoofs = frame.IsSpoof ? _spoofs + 1 : 0;
        _crowds = frame.Faces == 1 ? 0 : _crowds + 1;
        if (_spoofs >= BadFramesMax) Fail(ChallengeFault.Spoof, _spoofs, BadFramesMax - 1);
        else if (_crowds >= BadFramesMax) Fail(ChallengeFault.MoreFaces, frame.Faces, 1);
        if (_spoofs + _crowds == 0) return true;

        Unrest();
        return false;
    }

    void Rest(TimeSpan at)
    {
        if (!_reader.IsAtRest || !_compared || _reader.Rest is not { } rest || !IsHome(_home ??= rest, rest)) return;

        if (Done == Steps) State = ChallengeState.Passed;
        else (Asked, _askedAt) = (_steps[Done], at);
    }

    /// <summary>Back to how he looked at first, but for his distance: a movement that is held is no rest.</summary>
    bool IsHome(in FaceLook home, in FaceLook rest) => MathF.Abs(rest.Yaw - home.Yaw) <= _limits.TurnDegrees / 2
        && MathF.Abs(rest.Pitch - home.Pitch) <= _limits.LiftDegrees / 2
        && rest.EyeOpening >= _limits.EyeShare * home.EyeOpening;

    void Answer(TimeSpan at)
    {
        if (_reader.Began(Asked))
        {
            if (Seconds(_askedAt, at) < ReactionSeconds)
            {
                // A blink is no answer then, and no fault either.
                if (Asked is not Movement.Blink) Fail(ChallengeFault.TooSoon, Seconds(_askedAt, at), ReactionSeconds);
                return;
            }

            Done++;
            Asked = Movement.None;
            Unrest();
            return;
        }

        for (var other = Movement.TurnLeft; other <= Movement.ComeCloser; other++)
            if (other is not Movement.Blink && _reader.Began(other)) Fail(ChallengeFault.WrongMovement, 1, 0, other);
    }

    /// <summary>The next rest is a new one, with a comparison of its own.</summary>
    void Unrest()
    {
        _reader.Unrest();
        _compared = false;
    }

    void Fail(ChallengeFault fault, double value, double limit, Movement seen = Movement.None)
    {
        if (State is not ChallengeState.Running) return;

        (State, Failure) = (ChallengeState.Failed, new ChallengeFailure(fault, value, limit, Asked, seen));
    }

    static double Seconds(TimeSpan from, TimeSpan to) => (to - from).TotalSeconds;
}

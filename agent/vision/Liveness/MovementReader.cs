using EdgeFace.Capture;

namespace EdgeFace.Liveness;

/// <summary>
/// Reads movements out of a face's looks, frame by frame, each against the same face at rest a moment before. A movement begins in
/// the second frame in a row that is beyond its limit, a blink in the frame in which the eyes are open again; none begins twice
/// before it has gone back half-way. It allocates nothing; one thread at a time.
/// </summary>
public sealed class MovementReader
{
    const int Kinds = (int)Movement.ComeCloser + 1;
    const int FramesNeeded = 2;

    /// <summary>Back to this share of the limit, the movement is over and may begin anew.</summary>
    const float Over = 0.5f;

    /// <summary>Lids follow the head: whoever nods seems to shut his eyes.</summary>
    const float BlinkDegrees = 10;

    readonly MovementLimits _limits;
    readonly int[] _beyond = new int[Kinds];
    readonly bool[] _going = new bool[Kinds];
    readonly bool[] _began = new bool[Kinds];
    RestPose _rest;
    FaceLook? _base;
    TimeSpan _at;
    TimeSpan _shutSince;
    bool _isShut, _shutAskew;

    public MovementReader(MovementLimits? limits = null) => _limits = OptionsCheck.Ensure(limits ?? new MovementLimits());

    /// <summary>Has looked straight and held still for long enough, up to the last frame.</summary>
    public bool IsAtRest { get; private set; }

    /// <summary>Whether rest counts as the new measure; else the last one stays, as long as a movement is asked for.</summary>
    public bool FollowsRest { get; set; } = true;

    /// <summary>In the last frame.</summary>
    public bool Began(Movement movement) => _began[(int)movement];

    /// <summary>How the face looks at rest; null before it was.</summary>
    public FaceLook? Rest => _base;

    /// <summary>In the last frame it was broken off, or had not begun: what was seen before says nothing of it.</summary>
    public bool RestIsNew => _rest.Frames <= 1;

    /// <summary>Rest has to be held anew, from the next frame on.</summary>
    public void Unrest() => (_rest, IsAtRest) = (default, false);

    /// <param name="look">Of the one face that is followed; what is no number is passed over.</param>
    /// <param name="at">When the frame was taken; not before the last one.</param>
    public void See(in FaceLook look, TimeSpan at)
    {
        _began.AsSpan().Clear();
        if (!look.IsNumber) return;

        _at = at;
        _rest.Take(look, at);
        // Eyes that are shut for a moment are no way to be at rest; those that stay so are narrower than was thought.
        var blinks = _isShut && (at - _shutSince).TotalSeconds <= _limits.BlinkSecondsMax;
        IsAtRest = _rest.IsHeld(at, _limits.HoldSeconds) && !blinks;
        if (IsAtRest && FollowsRest) _base = _rest.Mean;
        if (_base is not { } rest) return;

        var (yaw, pitch) = (look.Yaw - rest.Yaw, look.Pitch - rest.Pitch);
        Read(Movement.TurnLeft, yaw / _limits.TurnDegrees);
        Read(Movement.TurnRight, -yaw / _limits.TurnDegrees);
        Read(Movement.LookUp, pitch / _limits.LiftDegrees);
        Read(Movement.OpenMouth, (look.MouthOpening - rest.MouthOpening) / (float)_limits.MouthOpening);
        Read(Movement.ComeCloser, (look.Size / rest.Size - 1) / (float)(_limits.CloserRatio - 1));
        ReadBlink(look.EyeOpening < _limits.EyeShare * rest.EyeOpening, MathF.Abs(yaw) <= BlinkDegrees && MathF.Abs(pitch) <= BlinkDegrees);
    }

    /// <param name="movement">Which.</param>
    /// <param name="share">How far it has gone; 1 is the limit.</param>
    void Read(Movement movement, float share)
    {
        var kind = (int)movement;
        _beyond[kind] = share >= 1 ? _beyond[kind] + 1 : 0;
        if (!_going[kind] && _beyond[kind] >= FramesNeeded) _going[kind] = _began[kind] = true;
        else if (share < Over) _going[kind] = false;
    }

    void ReadBlink(bool shut, bool straight)
    {
        if (shut)
        {
            if (!_isShut) (_isShut, _shutAskew, _shutSince) = (true, false, _at);
            _shutAskew |= !straight;
            return;
        }

        _began[(int)Movement.Blink] = _isShut && !_shutAskew && (_at - _shutSince).TotalSeconds <= _limits.BlinkSecondsMax;
        _isShut = false;
    }
}

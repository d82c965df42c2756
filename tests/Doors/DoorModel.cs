using EdgeFace.Doors;

namespace EdgeFace.Tests.Doors;

/// <summary>
/// What a door must do, said a second time and otherwise: in whole milliseconds, from the history of the samples. It knows no hardware,
/// no interlock and no words; it is asked after each step.
/// </summary>
sealed class DoorModel(DoorOptions options)
{
    readonly List<(long At, bool Value)>[] _samples = [[], [], [], []];
    readonly bool[] _steady = new bool[4];
    readonly Dictionary<LockPriority, (LockCommand Command, long Until)> _orders = [];
    readonly Dictionary<LockPriority, long> _heldLocked = [];

    long? _grantUntil, _rexUntil, _rexHeldSince, _tamperedUntil, _pendingForcedSince;
    long _lastRight = long.MinValue / 2;
    bool _fire, _wasRight, _mayPassBefore;

    public bool Forced { get; private set; }

    /// <summary>When the contact was last seen to move to open.</summary>
    public long OpenSince { get; private set; }

    public bool IsOpen => _steady[0];

    public bool IsLockdown(long now) => Ruling(now) is { Priority: LockPriority.Emergency, Command: LockCommand.Lock };

    bool GrantIsLive(long now) => now < _grantUntil;

    bool RexIsLive(long now) => _rexHeldSince is not null || now < _rexUntil;

    /// <summary>Whether a reason lives to have the door unlocked.</summary>
    public bool Unlocked(long now) => StandsReleased(now) || GrantIsLive(now) || options.Rex is RexAction.Unlock && RexIsLive(now);

    bool StandsReleased(long now) => _fire || Ruling(now)?.Command is LockCommand.Unlock;

    bool MayPass(long now) => Unlocked(now) || RexIsLive(now);

    public DoorReply Reply(long age, bool present, long now)
    {
        if (age < 0) return DoorReply.FromFuture;
        if (age > options.MaxDecisionAgeMs) return DoorReply.Stale;
        if (!present) return DoorReply.TrackLeft;
        if (Ruling(now) is { Command: LockCommand.Lock } order)
            return order.Priority is LockPriority.Emergency ? DoorReply.Lockdown : DoorReply.HeldLocked;
        return TamperBlocks(now) ? DoorReply.Tampered : DoorReply.Unlocked;
    }

    public void Granted(bool extended, long now)
    {
        var until = now + Ms(extended ? options.ExtendedSeconds : options.OpenSeconds);
        _grantUntil = Math.Max(until, _grantUntil ?? 0);
        Conclude(now);
    }

    public void Ordered(LockPriority priority, LockCommand command, long? lasts, long now)
    {
        // What is unlocked for some time and was held locked is so again afterwards.
        var held = _orders.TryGetValue(priority, out var before) && now < before.Until && before.Command is LockCommand.Lock
            ? before.Until : _heldLocked.GetValueOrDefault(priority, long.MinValue);
        if (command is LockCommand.Unlock && lasts is not null) _heldLocked[priority] = held;
        else _heldLocked.Remove(priority);

        if (command is LockCommand.Release) _orders.Remove(priority);
        else _orders[priority] = (command, lasts is { } time ? now + time : long.MaxValue);
        Conclude(now);
    }

    public void Reset(long now)
    {
        if (!_steady[3]) _fire = false;
        if (!_steady[2]) _tamperedUntil = null;
        Forced = false;
        Conclude(now);
    }

    public void Polled(DoorInputs raw, long now)
    {
        _mayPassBefore = _wasRight;
        var contact = Sample(0, options.HasContact && raw.ContactOpen, now);
        var rex = Sample(1, options.HasRex && raw.RexPressed, now);
        var tamper = Sample(2, raw.Tampered, now);
        if (Sample(3, raw.Fire, now) is not null && _steady[3]) _fire = true;
        if (tamper is not null && !_steady[2] && options.Tamper is TamperAction.Block) _tamperedUntil = now + Ms(options.TamperBlockSeconds);
        if (rex is not null) RexMoved(now);
        if (contact is { } since) ContactMoved(since, now);
        if (_rexHeldSince is { } held && now - held >= Ms(options.RexHeldSeconds)) _rexHeldSince = _rexUntil = null;
        Conclude(now);
    }

    /// <summary>The wires did not answer: nothing that was seen before speaks for anybody any longer.</summary>
    public void Blind(long now)
    {
        for (var input = 0; input < _samples.Length; input++)
        {
            // A sample of what counts, long ago: another value must be steady from its first sight on.
            _samples[input].Clear();
            _samples[input].Add((long.MinValue / 2, _steady[input]));
        }

        _grantUntil = _rexUntil = _rexHeldSince = null;
        Conclude(now);
    }

    void RexMoved(long now)
    {
        if (!_steady[1]) _rexHeldSince = null;
        else if (!RexIsShut(now)) (_rexHeldSince, _rexUntil) = (now, now + Ms(options.OpenSeconds));
    }

    void ContactMoved(long since, long now)
    {
        if (IsOpen)
        {
            OpenSince = since;
            var atStart = _samples[0].Count == 1;
            var explained = atStart || _mayPassBefore || GrantIsLive(now) || RexIsLive(now) && !RexIsShut(now)
                || since - _lastRight <= options.OpenGraceMs;
            if (!explained) _pendingForcedSince = since;
            if (options.Relock is RelockMode.OnOpen) _grantUntil = _rexUntil = null;
        }
        else
        {
            Forced = false;
            _pendingForcedSince = null;
            if (options.Relock is not RelockMode.ByTime) _grantUntil = _rexUntil = null;
        }
    }

    void Conclude(long now)
    {
        if (Ruling(now) is { Command: LockCommand.Lock } || TamperBlocks(now)) _grantUntil = null;
        if (RexIsShut(now)) _rexHeldSince = _rexUntil = null;

        var right = MayPass(now);
        if (right || _wasRight) _lastRight = now;
        _wasRight = right;
        if (_pendingForcedSince is not { } since) return;

        if (!right && now - since < Ms(options.ForcedDelaySeconds)) return;
        (Forced, _pendingForcedSince) = (!right, null);
    }

    bool RexIsShut(long now) => !options.RexInLockdown && Ruling(now)?.Command is LockCommand.Lock;

    bool TamperBlocks(long now) => options.Tamper is TamperAction.Block && (_steady[2] || now < _tamperedUntil);

    (LockPriority Priority, LockCommand Command)? Ruling(long now)
    {
        for (var priority = LockPriority.Emergency; priority >= LockPriority.Scheduled; priority--)
        {
            if (_orders.TryGetValue(priority, out var order) && now < order.Until) return (priority, order.Command);
            if (now < _heldLocked.GetValueOrDefault(priority, long.MinValue)) return (priority, LockCommand.Lock);
        }

        return null;
    }

    /// <returns>Since when, if what counts has changed: all samples since then say so, and for long enough.</returns>
    long? Sample(int input, bool value, long now)
    {
        var samples = _samples[input];
        samples.Add((now, value));
        if (samples.Count == 1)
        {
            _steady[input] = value;
            return value ? now : null;
        }

        var first = samples.Count - 1;
        while (first > 0 && samples[first - 1].Value == value) first--;
        if (value == _steady[input] || now - samples[first].At < options.DebounceMs) return null;

        _steady[input] = value;
        return samples[first].At;
    }

    static long Ms(double seconds) => (long)Math.Round(seconds * 1000);
}

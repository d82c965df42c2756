using EdgeFace.Matching;

namespace EdgeFace.Doors;

/// <summary>
/// What a door should do, from its inputs, grants and orders, and from the time that is given: no clock, no hardware, no thread of its
/// own. Unlocked only while a reason lives: fire, an order, a grant within its time, a request to exit.
/// </summary>
sealed class DoorMachine
{
    readonly DoorOptions _options;
    readonly InterlockSeat? _seat;
    readonly LockOrders _orders = new();
    readonly OpenWatch _watch;
    readonly RexButton _rex;
    readonly TimeSpan _steadyFor;
    readonly TimeSpan _grace;

    Debounced _contact, _rexInput, _tamper, _fire;
    TimeSpan _now;
    Window _grant;
    (SubjectId? Subject, bool Extended, double AgeMs) _granted;
    TimeSpan _unlockedAt;
    TimeSpan? _tamperBlocksUntil;
    (DoorReason Reason, TimeSpan At) _lastRight = (DoorReason.None, TimeSpan.FromDays(-1));
    DoorReason _right;
    DoorReason _ended = DoorReason.TimeUp;
    bool _begun, _rawOpen, _lockdown, _waits, _failed, _relayFails, _shut;

    /// <exception cref="ArgumentException">Two options contradict each other.</exception>
    public DoorMachine(DoorOptions options, InterlockSeat? seat = null)
    {
        if (options.Contradiction() is { } fault) throw new ArgumentException(fault, nameof(options));

        (_options, _seat) = (options, seat);
        (_watch, _rex) = (new OpenWatch(options, Changes), new RexButton(options, Changes));
        _steadyFor = TimeSpan.FromMilliseconds(options.DebounceMs);
        _grace = TimeSpan.FromMilliseconds(options.OpenGraceMs);
    }

    /// <summary>What happened and was not taken yet, in order.</summary>
    public Queue<DoorChange> Changes { get; } = new(16);

    /// <summary>Whether the door should be unlocked now.</summary>
    public bool Unlocked { get; private set; }

    /// <summary>By right of what it is unlocked.</summary>
    public DoorReason Reason { get; private set; }

    public bool FireLatched { get; private set; }

    /// <summary>The relay does not stand as it was told.</summary>
    public bool RelayFails => _relayFails;

    /// <summary>Refuses grants for its hardware's sake.</summary>
    public bool Faulted => _failed || _relayFails;

    public LockOrder? Order => _orders.Ruling;

    public DoorStatus StatusOf(string name, bool unlocked) =>
        new(name, State, unlocked, Reason, Inputs, Order, FireLatched, Faulted);

    public DoorStanding Standing
    {
        get
        {
            var held = _orders.Lasting(LockPriority.Operator);
            return new(
                _orders[LockPriority.Emergency]?.Command, held is not null, (held?.Until - _now)?.TotalSeconds, FireLatched);
        }
    }

    /// <summary>Debounced.</summary>
    public DoorInputs Inputs => new(_contact.Steady, _rexInput.Steady, _tamper.Steady, _fire.Steady);

    public DoorState State => _watch switch
    {
        { Forced: true } => DoorState.Forced,
        { HeldOpen: true } => DoorState.HeldOpen,
        { IsOpen: true } => DoorState.Open,
        _ => Unlocked ? DoorState.Unlocked : DoorState.Locked,
    };

    /// <summary>A look at the door: to be called every 10 to 20 ms.</summary>
    /// <param name="raw">As read, not debounced.</param>
    /// <param name="secured">Whether the relay was last seen to be locked: an interlock passes to another door only then.</param>
    /// <param name="now">Time since some beginning. It never runs backwards.</param>
    public void Step(DoorInputs raw, bool secured, TimeSpan now)
    {
        if (_shut) return;

        MoveOn(now);
        if (!_begun && !_failed && !Unlocked) Tell(DoorEventKind.Locked, DoorReason.Start); // however it stood when it was stopped
        if (!_failed) See(raw);
        Settle(secured);
    }

    /// <param name="grant">Who may pass.</param>
    /// <param name="age">Of the newest frame behind it.</param>
    /// <param name="now">Time since some beginning.</param>
    public DoorGrantResult Grant(in DoorGrant grant, TimeSpan age, TimeSpan now)
    {
        MoveOn(now);
        if (Refusal(grant, age) is { } refused) return refused;

        var (already, lasts) = (Unlocked, grant.Extended ? _options.ExtendedSeconds : _options.OpenSeconds);
        _granted = (grant.Subject, grant.Extended || _granted.Extended && _grant.IsLive(_now), age.TotalMilliseconds);
        _grant.Prolong(_now + TimeSpan.FromSeconds(lasts));
        _watch.Restart(_now, DoorReason.Grant);
        if (already) Tell(DoorEventKind.Prolonged, DoorReason.Grant, age.TotalMilliseconds, _options.MaxDecisionAgeMs, grant.Subject);
        Settle(secured: false);
        return new(DoorReply.Unlocked, age.TotalMilliseconds, _options.MaxDecisionAgeMs);
    }

    /// <param name="priority">Whose order it is.</param>
    /// <param name="command">What is ordered.</param>
    /// <param name="lasts">After this the order ends by itself; null is for ever.</param>
    /// <param name="now">Time since some beginning.</param>
    public void Set(LockPriority priority, LockCommand command, TimeSpan? lasts, TimeSpan now)
    {
        if (_shut) return;

        MoveOn(now);
        var until = lasts is { } time ? time < TimeSpan.MaxValue - _now ? _now + time : TimeSpan.MaxValue : (TimeSpan?)null;
        var before = _orders.Set(priority, command, until);
        if (before is { Unlocks: true } && command is not LockCommand.Unlock) _ended = DoorReason.Ordered;
        var by = new LockOrder(priority, command, null).By;
        if (command is LockCommand.Release)
        {
            if (before is not null) Tell(DoorEventKind.OrderEnded, by);
        }
        else
        {
            Tell(command is LockCommand.Lock ? DoorEventKind.LockOrdered : DoorEventKind.UnlockOrdered, by, lasts?.TotalSeconds ?? 0);
        }

        Settle(secured: false);
    }

    /// <summary>What stood before a restart stands again.</summary>
    public void Restore(DoorStanding standing, TimeSpan now)
    {
        if (standing.Emergency is { } emergency) Set(LockPriority.Emergency, emergency, null, now);
        if (standing.HeldLocked)
        {
            var lasts = standing.HeldSeconds is { } seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : default(TimeSpan?);
            Set(LockPriority.Operator, LockCommand.Lock, lasts, now);
        }

        if (!standing.Fire || FireLatched) return;

        FireLatched = true;
        Tell(DoorEventKind.Fire, DoorReason.Start);
        Settle(secured: false);
    }

    /// <summary>An operator ends what is latched: the release by fire, the block after tampering, the alarm of a forced door.</summary>
    /// <returns>Whether all of it ended: not while the fire or tamper input is still there.</returns>
    public bool Reset(TimeSpan now)
    {
        MoveOn(now);
        if (FireLatched && !_fire.Steady)
        {
            (FireLatched, _ended) = (false, DoorReason.Ordered);
            Tell(DoorEventKind.FireReset, DoorReason.Operator);
        }

        if (!_tamper.Steady) _tamperBlocksUntil = null;
        _watch.Reset(_now);
        Settle(secured: false);
        return !FireLatched && !_tamper.Steady;
    }

    /// <summary>The hardware failed or came back. Neither a grant nor a button outlives its failing: what was seen before is old.</summary>
    public void Fail(bool failed, TimeSpan now)
    {
        MoveOn(now);
        _failed = failed;
        if (failed)
        {
            _grant.End();
            _rex.End();
            _contact.LookAway();
            _rexInput.LookAway();
            _tamper.LookAway();
            _fire.LookAway();
        }

        Settle(secured: false);
    }

    /// <summary>The relay does not stand as it was told, or does again.</summary>
    public void FailRelay(bool fails) => _relayFails = fails;

    /// <summary>Nothing unlocks it from now on.</summary>
    public void ShutDown()
    {
        (_shut, Unlocked, Reason) = (true, false, DoorReason.None);
        Tell(DoorEventKind.ShutDown, DoorReason.ShutDown);
    }

    DoorGrantResult? Refusal(in DoorGrant grant, TimeSpan age)
    {
        var (ms, max) = (age.TotalMilliseconds, (double)_options.MaxDecisionAgeMs);
        if (_shut) return new(DoorReply.ShutDown);
        if (ms < 0) return new(DoorReply.FromFuture, ms, 0);
        if (ms > max) return new(DoorReply.Stale, ms, max);
        if (!grant.TrackPresent) return new(DoorReply.TrackLeft, ms, max);
        if (Faulted) return new(DoorReply.Faulted);
        if (_orders.Ruling is { Locks: true } order)
            return new(order.IsLockdown ? DoorReply.Lockdown : DoorReply.HeldLocked);
        if (TamperBlocks) return new(DoorReply.Tampered, TamperSecondsLeft);
        return !Unlocked && _seat?.TryTake() is { } others and > 0 ? new(DoorReply.Interlocked, others) : null;
    }

    bool TamperBlocks => _options.Tamper is TamperAction.Block && (_tamper.Steady || _now < _tamperBlocksUntil);

    double TamperSecondsLeft => _tamper.Steady ? _options.TamperBlockSeconds
        : ((_tamperBlocksUntil ?? _now) - _now).TotalSeconds;

    bool RexIsLocked => _orders.Ruling is { Locks: true } && !_options.RexInLockdown;

    void MoveOn(TimeSpan now)
    {
        if (now > _now) _now = now;
        while (_orders.Expire(_now) is { } order) Tell(DoorEventKind.OrderEnded, DoorReason.TimeUp, 0, 0, null, order.By.Code());
    }

    void See(DoorInputs raw)
    {
        _rawOpen = _options.HasContact && raw.ContactOpen;
        if (_fire.Update(raw.Fire, _now, _steadyFor)) FireMoved();
        if (_tamper.Update(raw.Tampered, _now, _steadyFor)) TamperMoved();
        if (_rexInput.Update(_options.HasRex && raw.RexPressed, _now, _steadyFor)) RexMoved();
        if (_contact.Update(_rawOpen, _now, _steadyFor)) ContactMoved();
        _rex.Tick(_now);
        _begun = true;
    }

    void FireMoved()
    {
        if (!_fire.Steady)
        {
            Tell(DoorEventKind.FireInputEnded, DoorReason.Fire, _fire.Lasted.TotalSeconds);
            return;
        }

        FireLatched = true;
        Tell(DoorEventKind.Fire, _begun ? DoorReason.Fire : DoorReason.Start);
    }

    void TamperMoved()
    {
        if (_tamper.Steady)
        {
            Tell(DoorEventKind.Tampered, _begun ? DoorReason.Tamper : DoorReason.Start);
            return;
        }

        var blocks = _options.Tamper is TamperAction.Block ? _options.TamperBlockSeconds : 0;
        _tamperBlocksUntil = _now + TimeSpan.FromSeconds(blocks);
        Tell(DoorEventKind.TamperEnded, DoorReason.Tamper, _tamper.Lasted.TotalSeconds, blocks);
    }

    void RexMoved()
    {
        if (!_rexInput.Steady)
        {
            _rex.LetGo();
            return;
        }

        if (RexIsLocked)
        {
            _rex.Refuse(DoorReason.Lockdown);
            return;
        }

        if (_options.Rex is RexAction.Unlock && !Unlocked && _seat?.TryTake() is { } others and > 0)
        {
            _rex.Refuse(DoorReason.Interlock, others);
            return;
        }

        _rex.Press(_now);
        _watch.Restart(_now, DoorReason.Rex);
    }

    void ContactMoved()
    {
        if (!_contact.Steady)
        {
            _watch.Close(_now);
            if (_options.Relock is not RelockMode.ByTime) EndPassage(DoorReason.Closed);
            return;
        }

        var right = !_begun ? DoorReason.Start
            : _grant.IsLive(_now) ? DoorReason.Grant
            : Right(_rex.IsLive(_now)) is { } live and not DoorReason.None ? live
            : _contact.Since - _lastRight.At <= _grace ? _lastRight.Reason : DoorReason.None;
        Tell(DoorEventKind.Opened, right, 0, 0, right is DoorReason.Grant ? _granted.Subject : null);
        _watch.Open(_contact.Since, explained: right is not DoorReason.None);
        if (_options.Relock is RelockMode.OnOpen) EndPassage(DoorReason.Opened);
    }

    void EndPassage(DoorReason how)
    {
        _grant.End();
        _rex.EndPassage();
        if (Reason is DoorReason.Grant or DoorReason.Rex) _ended = how;
    }

    /// <summary>By right of what the door may be passed now: what unlocks it, or a handle that needs no unlocking.</summary>
    DoorReason Right(bool rex) => Reason is not DoorReason.None ? Reason
        : rex && !RexIsLocked ? DoorReason.Rex
        : _failed && _options.Fail is FailMode.Safe ? DoorReason.Fault : DoorReason.None;

    /// <summary>Draws the conclusion of all that happened.</summary>
    void Settle(bool secured)
    {
        EndWhatIsForbidden();
        var reason = WhatUnlocks();
        if (reason is not DoorReason.None != Unlocked) Turn(reason);
        else if (reason != Reason) _ended = DoorReason.TimeUp;
        Reason = reason;

        var right = Right(_rex.IsLive(_now));
        if (right is not DoorReason.None) _lastRight = (right, _now);
        else if (_right is not DoorReason.None) _lastRight = (_right, _now); // it ended between the last look and this one
        _right = right;

        var extended = _granted.Extended ? _options.ExtendedSeconds - _options.OpenSeconds : 0;
        _watch.Tick(_now, right, MayStandOpen(reason), extended);
        if (!_watch.IsOpen && !_grant.IsLive(_now) && _now - _lastRight.At > _grace) _granted = default;
        Seat(secured);
    }

    static bool MayStandOpen(DoorReason reason) =>
        reason is DoorReason.Fire or DoorReason.Emergency or DoorReason.Operator or DoorReason.Schedule;

    void EndWhatIsForbidden()
    {
        var lockdown = _orders.Ruling is { IsLockdown: true };
        if (lockdown != _lockdown)
            Tell(lockdown ? DoorEventKind.Lockdown : DoorEventKind.LockdownEnded, DoorReason.Emergency);
        _lockdown = lockdown;

        if (_orders.Ruling is { Locks: true } && Reason is not DoorReason.Rex) _ended = lockdown ? DoorReason.Lockdown : DoorReason.Ordered;
        if (_orders.Ruling is { Locks: true }) _grant.End();
        if (RexIsLocked) _rex.End();
        if (!TamperBlocks || !_grant.IsLive(_now)) return;

        _grant.End();
        _ended = DoorReason.Tamper;
    }

    DoorReason WhatUnlocks()
    {
        if (_failed || _shut) return DoorReason.None;
        if (FireLatched) return DoorReason.Fire;
        if (_orders.Ruling is { Unlocks: true } order && IsObeyed(order)) return order.By;
        if (_grant.IsLive(_now)) return DoorReason.Grant;
        return _options.Rex is RexAction.Unlock && _rex.IsLive(_now) ? DoorReason.Rex : DoorReason.None;
    }

    /// <summary>An order to unlock waits for the interlock, an emergency does not.</summary>
    bool IsObeyed(LockOrder order)
    {
        var others = order.Priority is LockPriority.Emergency || Reason == order.By ? 0 : _seat?.TryTake() ?? 0;
        if (others > 0 && !_waits) Tell(DoorEventKind.Interlocked, order.By, others);
        _waits = others > 0;
        return others == 0;
    }

    void Turn(DoorReason reason)
    {
        Unlocked = reason is not DoorReason.None;
        if (!Unlocked)
        {
            Tell(DoorEventKind.Locked, _failed ? DoorReason.Fault : _ended, (_now - _unlockedAt).TotalSeconds);
            return;
        }

        (_unlockedAt, _ended) = (_now, DoorReason.TimeUp);
        if (reason is DoorReason.Grant)
            Tell(DoorEventKind.Unlocked, reason, _granted.AgeMs, _options.MaxDecisionAgeMs, _granted.Subject);
        else Tell(DoorEventKind.Unlocked, reason);
    }

    void Seat(bool secured)
    {
        if (Unlocked || _watch.IsOpen || _rawOpen || _failed) _seat?.Take();
        else if (secured) _seat?.Free();
    }

    void Tell(
        DoorEventKind kind, DoorReason reason, double value = 0, double limit = 0, SubjectId? subject = null, string? detail = null) =>
        Changes.Enqueue(new(kind, reason, value, limit, subject, detail));
}

using EdgeFace.Capture;

namespace EdgeFace.Doors;

/// <summary>
/// A door of the building: its hardware and the machine that decides for it. It starts locked. Any thread may grant, order and look;
/// a loop polls it.
/// </summary>
/// <remarks>
/// Two locks, and nobody is called while the inner one is held: the state's is held for arithmetic only; the wire's, taken first, while
/// the hardware is spoken to. A grant does not wait for a read that hangs: whoever speaks to the hardware does as it was decided
/// meanwhile before he leaves. Events are reported in order, with no lock held, by one thread at a time.
/// </remarks>
sealed class Door : IDisposable
{
    static readonly TimeSpan ShutDownWait = TimeSpan.FromMilliseconds(500);

    readonly Lock _state = new();
    readonly Lock _wire = new();
    readonly DoorOptions _options;
    readonly IDoorHardware _hardware;
    readonly TimeProvider _time;
    readonly DoorOutlet _outlet;
    readonly DoorMachine _machine;
    readonly HardwareRetry _retry = new(); // of the wire's lock
    readonly long _origin;

    // Of the state's lock.
    bool _failed, _stalled, _shut;

    // Of the wire's lock, where also written in the state's, to be read in either.
    bool? _driven;
    bool _agrees, _disposed;
    readonly RelayWatch _relay = new();
    DoorInputs _inputs;
    TimeSpan _failedAt;

    /// <param name="name">As in the site's file.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="hardware">Its wires. The door owns them.</param>
    /// <param name="time">Only its timestamps decide: a jump of the wall clock moves no door.</param>
    /// <param name="report">Hears all that happens, on the thread on which it does: it must not block, and may call the door.</param>
    /// <param name="interlock">Doors of which one may be open at a time.</param>
    /// <exception cref="ArgumentException">An option is out of its range or contradicts another.</exception>
    public Door(
        string name, DoorOptions options, IDoorHardware hardware, TimeProvider time, Action<DoorEvent> report,
        Interlock? interlock = null)
    {
        (Name, _options, _hardware, _time) = (name, OptionsCheck.Ensure(options), hardware, time);
        _outlet = new DoorOutlet(name, time, report);
        _machine = new DoorMachine(options, interlock?.Join(name));
        _origin = time.GetTimestamp();

        // Locked before anybody may ask. What is seen now is reported by the first poll: nobody knows this door yet.
        lock (_wire) Look();
    }

    public string Name { get; }

    public DoorOptions Options => _options;

    public DoorState State
    {
        get { lock (_state) return _machine.State; }
    }

    /// <summary>Whether it can be pushed open, by what its relay was last told. Without power a fail-safe door can.</summary>
    public bool Unlocked
    {
        get { lock (_state) return IsUnlocked(_driven ?? false); }
    }

    public DoorStatus Status
    {
        get { lock (_state) return _machine.StatusOf(Name, IsUnlocked(_driven ?? false)); }
    }

    /// <summary>What is to be remembered for <see cref="Restore"/>.</summary>
    public DoorStanding Standing
    {
        get { lock (_state) return _machine.Standing; }
    }

    TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Unlocks, or unlocks for longer, unless something speaks against it. There is no way to deny: a denial moves no door.</summary>
    public DoorGrantResult Grant(DoorGrant grant)
    {
        DoorGrantResult result;
        lock (_state)
        {
            var now = _time.GetTimestamp();
            result = _machine.Grant(grant, _time.GetElapsedTime(grant.CapturedAt, now), _time.GetElapsedTime(_origin, now));
            Collect();
        }

        Obey();
        lock (_state)
            if (result.Opens && _machine.Faulted) result = new(DoorReply.Faulted);
        _outlet.Deliver();
        return result;
    }

    /// <summary>Orders it locked or unlocked until it is released, or for some time.</summary>
    public void Set(LockPriority priority, LockCommand command, TimeSpan? lasts = null) =>
        Act(() => _machine.Set(priority, command, lasts, Now));

    /// <inheritdoc cref="DoorMachine.Restore"/>
    public void Restore(DoorStanding standing) => Act(() => _machine.Restore(standing, Now));

    /// <inheritdoc cref="DoorMachine.Reset"/>
    public bool Reset()
    {
        var all = false;
        Act(() => all = _machine.Reset(Now));
        return all;
    }

    /// <summary>Reads the inputs, runs the timers and moves the relay: to be called every 10 to 20 ms, by one thread.</summary>
    public void Poll()
    {
        lock (_wire)
        {
            if (!_shut) Look();
        }

        Obey();
        _outlet.Deliver();
    }

    /// <summary>Said by the loop, from outside: a poll has hung in the hardware for so long.</summary>
    public void Stalled(TimeSpan time)
    {
        lock (_state)
        {
            if (_stalled || _shut) return;

            _stalled = true;
            if (_failed) return; // told already: it hangs at a try to get it back

            _failedAt = Now - time;
            _machine.Fail(true, Now);
            Collect();
            _outlet.Add(new(DoorEventKind.HardwareStalled, DoorReason.Fault, time.TotalSeconds));
        }

        _outlet.Deliver();
    }

    /// <summary>Leaves it in its declared state: the relay at rest, as a loss of power would. Nothing unlocks it afterwards.</summary>
    public void Shutdown()
    {
        lock (_state)
        {
            if (_shut) return;

            _shut = true;
            _machine.ShutDown();
            Collect();
        }

        // Hardware that hangs must not hang the daemon: it is left as it is, and the power will do the rest.
        if (_wire.TryEnter(ShutDownWait))
        {
            try
            {
                _hardware.SetRelay(false);
                Drove(false);
            }
            catch (IOException fault)
            {
                lock (_state) _outlet.Add(new(DoorEventKind.HardwareFault, DoorReason.ShutDown, Detail: fault.Message));
            }
            finally
            {
                _wire.Exit();
            }
        }

        _outlet.Deliver();
    }

    public void Dispose()
    {
        Shutdown();
        if (!_wire.TryEnter(ShutDownWait)) return;

        try
        {
            if (!_disposed) _hardware.Dispose();
            _disposed = true;
        }
        finally
        {
            _wire.Exit();
        }
    }

    bool IsUnlocked(bool energised) => energised == (_options.Fail is FailMode.Secure);

    /// <summary>What the relay should be told now: at rest when in doubt.</summary>
    bool Wanted
    {
        get { lock (_state) return !_shut && !_failed && !_stalled && _machine.Unlocked == (_options.Fail is FailMode.Secure); }
    }

    bool IsBehind
    {
        get { lock (_state) return !_shut && !_failed && !_stalled && _driven != Wanted; }
    }

    void Obey()
    {
        while (IsBehind && _wire.TryEnter())
        {
            try
            {
                if (!_disposed && IsBehind) Drive();
            }
            finally
            {
                _wire.Exit();
            }
        }
    }

    void Look()
    {
        var now = Now;
        if (_failed && !_retry.IsDue(now))
        {
            Step(now);
            return;
        }

        bool isDown, isLate;
        try
        {
            _inputs = _hardware.Read();
            lock (_state) isDown = _failed || _stalled;
            if (isDown) Probe();
            lock (_state) isLate = isDown && _stalled;
        }
        catch (IOException fault)
        {
            Failed(fault);
            return;
        }

        if (isLate) Late();
        else if (isDown) Recovered();
        Step(Now);
        Drive();
        ReadBack();
    }

    /// <summary>
    /// Hardware is back when all of it answers. A door without inputs reads no wire at all, and a relay that can be written and not
    /// read would be driven and dropped at every try.
    /// </summary>
    void Probe()
    {
        _hardware.SetRelay(false);
        Drove(false);
        _ = _hardware.RelayEnergised;
    }

    void Act(Action act)
    {
        lock (_state)
        {
            act();
            Collect();
        }

        Obey();
        _outlet.Deliver();
    }

    void Step(TimeSpan now)
    {
        lock (_state)
        {
            var secured = _agrees && !_failed && _driven is { } energised && !IsUnlocked(energised);
            _machine.Step(_inputs, secured, now);
            Collect();
        }
    }

    void Drive()
    {
        if (_failed || _shut) return;

        var wanted = Wanted;
        if (_driven == wanted) return;

        try
        {
            _hardware.SetRelay(wanted);
            Drove(wanted);
        }
        catch (IOException fault)
        {
            Failed(fault);
        }
    }

    void ReadBack()
    {
        if (_failed || _shut || _driven is not { } told) return;

        bool fails;
        try
        {
            var stands = _hardware.RelayEnergised;
            fails = _relay.Fails(stands == told);
            lock (_state) _agrees = stands == told;
            if (stands != told) _hardware.SetRelay(told);
        }
        catch (IOException fault)
        {
            Failed(fault);
            return;
        }

        lock (_state)
        {
            if (fails)
            {
                _machine.FailRelay(true);
                _outlet.Add(new(DoorEventKind.RelayFault, DoorReason.Fault, told ? 0 : 1, told ? 1 : 0));
            }
            else if (_agrees && _machine.RelayFails)
            {
                _machine.FailRelay(false);
                _outlet.Add(new(DoorEventKind.RelayFaultEnded, DoorReason.Fault));
            }
        }
    }

    void Drove(bool energised)
    {
        lock (_state) (_driven, _agrees) = (energised, false);
    }

    void Failed(IOException fault)
    {
        var now = Now;
        var pause = _retry.Failed(now);
        lock (_state)
        {
            if (!_failed)
            {
                (_failed, _failedAt) = (true, _stalled ? _failedAt : now);
                _machine.Fail(true, now);
                Collect();
                _outlet.Add(new(DoorEventKind.HardwareFault, DoorReason.Fault, 0, pause.TotalSeconds, null, fault.Message));
            }

            _stalled = false;
        }

        try
        {
            // Declared state: perhaps only the inputs do not answer.
            if (_driven is not false) _hardware.SetRelay(false);
            Drove(false);
        }
        catch (IOException)
        {
            lock (_state) _driven = null; // nobody knows: it is told again when it answers
        }
    }

    /// <summary>A look that came back late proves nothing: the hardware is back when one comes back in time.</summary>
    void Late()
    {
        _retry.Failed(Now);
        lock (_state) (_failed, _stalled) = (true, false);
    }

    void Recovered()
    {
        var now = Now;
        _retry.CameBack(now);
        _relay.Forget();
        lock (_state)
        {
            (_failed, _stalled) = (false, false);
            _machine.Fail(false, now);
            Collect();
            _outlet.Add(new(DoorEventKind.HardwareFaultEnded, DoorReason.Fault, (now - _failedAt).TotalSeconds));
        }
    }

    void Collect()
    {
        while (_machine.Changes.TryDequeue(out var change)) _outlet.Add(change);
    }
}

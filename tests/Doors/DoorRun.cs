using EdgeFace.Doors;

namespace EdgeFace.Tests.Doors;

/// <summary>Plays what numbers say to a real door on simulated wires, and holds it against the model after each step.</summary>
sealed class DoorRun : IDisposable
{
    static readonly int[] Steps = [1, 5, 10, 15, 20, 20, 20, 20, 20, 40, 100, 480, 1000, 5000, 9990, 31_000];
    static readonly int[] Ages = [0, 0, 0, 40, 1500, 1501, 9000, -1];

    readonly DoorOptions _options;
    readonly DoorModel _model;
    readonly ClockOfMs _time = new();
    readonly SimulatedDoorHardware _hardware;
    readonly Door _door;
    readonly bool _faults;
    readonly bool _tell;
    readonly List<string> _story = [];
    readonly int[] _count = new int[Enum.GetValues<DoorEventKind>().Length];
    bool _down;

    /// <param name="character">Which options.</param>
    /// <param name="faults">Whether the wires fail now and then: the door may then be less open than the model, never more.</param>
    /// <param name="tell">Whether to write down what is played: a hundred thousand lives are told faster without.</param>
    public DoorRun(int character, bool faults, bool tell = false)
    {
        _options = OptionsOf(character);
        (_model, _faults, _tell) = (new DoorModel(_options), faults, tell);
        _hardware = new SimulatedDoorHardware(_time, fail: _options.Fail);
        _door = new Door("any", _options, _hardware, _time, Heard);
        _model.Polled(default, _time.Ms);
    }

    /// <summary>What was played.</summary>
    public string Story => $"{_options}\n{string.Join('\n', _story)}";

    /// <summary>What the model and the door disagree about; null while they agree.</summary>
    public string? Fault { get; private set; }

    public void Play(int what)
    {
        var (kind, more) = (what & 15, what >> 4);
        switch (kind)
        {
            case < 6: Pass(Steps[more % Steps.Length]); break;
            case 6 or 7: Change("contact", inputs => inputs with { ContactOpen = !inputs.ContactOpen }); break;
            case 8: Change("rex", inputs => inputs with { RexPressed = !inputs.RexPressed }); break;
            case 9: Change("tamper", inputs => inputs with { Tampered = !inputs.Tampered && more % 3 == 0 }); break;
            case 10: Change("fire", inputs => inputs with { Fire = !inputs.Fire && more % 4 == 0 }); break;
            case 11 or 12: Grant(Ages[more % Ages.Length], (more >> 3) % 4 != 0, (more >> 5) % 4 == 0); break;
            case 13 or 14: Order((LockPriority)(more % 3), (LockCommand)((more >> 2) % 3), (more >> 4) % 3 * 4000); break;
            default: Extra(more); break;
        }
    }

    /// <summary>When all is quiet, released and reset, the door is locked after the longest of its times.</summary>
    public void MustLockInTheEnd()
    {
        _hardware.Inputs = default;
        (_hardware.Fault, _down) = (null, false);
        foreach (var priority in Enum.GetValues<LockPriority>()) Order(priority, LockCommand.Release, 0);
        Pass(6000);
        Pass(100);
        Reset();
        for (var wait = 0; wait < 4; wait++) Pass(5000);
        Hold(!_door.Unlocked, "it does not lock in the end");
        Hold(_door.State is DoorState.Locked, "it does not end in the state of a locked door");
    }

    public void Dispose()
    {
        _door.Dispose();
        _hardware.Dispose();
    }

    void Pass(int ms)
    {
        if (_tell) _story.Add($"{_time.Ms}: +{ms} ms");
        _time.Ms += ms;
        var reads = _hardware.Reads;
        _door.Poll();
        if (_hardware.Reads > reads) _model.Polled(_hardware.Inputs, _time.Ms);
        else _model.Blind(_time.Ms);
        Compare();
    }

    void Change(string what, Func<DoorInputs, DoorInputs> change)
    {
        _hardware.Inputs = change(_hardware.Inputs);
        if (_tell) _story.Add($"{_time.Ms}: {what}: {_hardware.Inputs}");
    }

    void Grant(int age, bool present, bool extended)
    {
        if (_tell) _story.Add($"{_time.Ms}: grant {age} ms old, {(present ? "present" : "left")}{(extended ? ", extended" : "")}");
        var expected = _model.Reply(age, present, _time.Ms);
        var reply = _door.Grant(new DoorGrant(null, _time.Ms - age, present, extended)).Reply;
        if (reply is DoorReply.Unlocked) _model.Granted(extended, _time.Ms);
        if (reply is DoorReply.Faulted) _model.Blind(_time.Ms);
        Hold(reply == expected || _faults && reply is DoorReply.Faulted, reply == expected ? "" : $"the grant is answered {reply}, not {expected}");
        Compare();
    }

    void Order(LockPriority priority, LockCommand command, int lasts)
    {
        if (_tell) _story.Add($"{_time.Ms}: {priority} {command} for {lasts} ms");
        _model.Ordered(priority, command, lasts == 0 ? null : lasts, _time.Ms);
        _door.Set(priority, command, lasts == 0 ? null : TimeSpan.FromMilliseconds(lasts));
        Blinded();
        Compare();
    }

    void Extra(int more)
    {
        if (!_faults || more % 2 == 0)
        {
            Reset();
            return;
        }

        _down = !_down;
        _hardware.Fault = _down ? new IOException("pulled out") : null;
        if (_tell) _story.Add($"{_time.Ms}: wires {(_down ? "fail" : "are back")}");
    }

    void Reset()
    {
        if (_tell) _story.Add($"{_time.Ms}: reset");
        _model.Reset(_time.Ms);
        _door.Reset();
        Blinded();
        Compare();
    }

    /// <summary>Wires may be found cut while a door obeys, too: what was seen before speaks for nobody then.</summary>
    void Blinded()
    {
        if (_down && _door.Status.Faulted) _model.Blind(_time.Ms);
    }

    void Compare()
    {
        var (unlocked, expected) = (_door.Unlocked, _model.Unlocked(_time.Ms));
        if (_faults)
        {
            // A fail-safe door is released while nobody can drive it.
            if (!_down && !_door.Status.Faulted) Hold(!unlocked || expected, "unlocked without a reason");
            return;
        }

        Hold(_hardware.RelayEnergised == (unlocked == _options.Fail is FailMode.Secure), "the relay is not where the door says");
        Hold(unlocked == expected, unlocked ? "unlocked without a reason" : "locked in spite of a reason");
        Hold(_door.State is DoorState.Forced == _model.Forced, "forced and the model does not say so, or the other way round");
        Hold(_door.State is DoorState.Open or DoorState.HeldOpen or DoorState.Forced == _model.IsOpen, "open and the model does not say so, or the other way round");
        Hold(_door.State is not DoorState.HeldOpen || _time.Ms - _model.OpenSince >= _options.HeldOpenSeconds * 1000, "held too early");
        Hold(Count(DoorEventKind.Unlocked) - Count(DoorEventKind.Locked) == (unlocked ? 1 : 0), "an unlocking or locking is not told");
        Hold(Count(DoorEventKind.Opened) - Count(DoorEventKind.Closed) == (_model.IsOpen ? 1 : 0), "an opening or closing is not told");
        Hold(Count(DoorEventKind.Forced) - Count(DoorEventKind.ForcedEnded) == (_model.Forced ? 1 : 0), "a forcing is not told");
        Hold(Count(DoorEventKind.HeldOpen) - Count(DoorEventKind.HeldOpenEnded) == (_door.State is DoorState.HeldOpen ? 1 : 0),
            "a holding open is not told");
        Hold(Count(DoorEventKind.Lockdown) - Count(DoorEventKind.LockdownEnded) == (_model.IsLockdown(_time.Ms) ? 1 : 0),
            "a lockdown is not told");
        Hold(_hardware.RelayMoves == Count(DoorEventKind.Unlocked) + Count(DoorEventKind.Locked)
            + (_options.Fail is FailMode.Safe ? 1 : 0), "the relay moves without a word, or words are said and it does not move");
    }

    int Count(DoorEventKind kind) => _count[(int)kind];

    void Heard(DoorEvent what)
    {
        if (what is not { Kind: DoorEventKind.Locked, Reason: DoorReason.Start }) _count[(int)what.Kind]++; // how it began is no locking
        if (_tell) _story.Add($"    {what.Kind} {what.Reason}");
    }

    void Hold(bool holds, string otherwise) => Fault ??= holds ? null : $"at {_time.Ms} ms: {otherwise}";

    static DoorOptions OptionsOf(int character) => new(
        Relock: (RelockMode)(character % 3),
        Rex: (RexAction)(character / 3 % 2),
        RexInLockdown: character / 6 % 2 == 0,
        Fail: (FailMode)(character / 12 % 2),
        Tamper: (TamperAction)(character / 24 % 2),
        HasContact: character / 48 % 8 != 0,
        HasRex: character / 384 % 8 != 0,
        ForcedDelaySeconds: character / 3072 % 2,
        OpenGraceMs: character / 6144 % 2 * 500,
        DebounceMs: character / 12_288 % 2 == 0 ? 20 : 100,
        TamperBlockSeconds: 10);

    /// <summary>Time in the test's hand; whole milliseconds.</summary>
    sealed class ClockOfMs : TimeProvider
    {
        public long Ms { get; set; } = 1_000_000;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Ms;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}

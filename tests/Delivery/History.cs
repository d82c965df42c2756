using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>How a history is falsified on purpose: the model must notice.</summary>
public enum WrongWay
{
    None,

    /// <summary>An event leaves the outbox when the broker acknowledges its message.</summary>
    ConfirmOnAcknowledge,

    /// <summary>The consumer signs before it keeps.</summary>
    ReceiptBeforeCommit,

    /// <summary>Receipts are taken whoever signed them.</summary>
    AnySignature,
}

/// <summary>
/// One history from a seed: the real pump and the real intake, with a network, a disk and a clock that do whatever the seed
/// says, and then a quiet time in which everything must come right.
/// </summary>
sealed class History
{
    const int QuietRounds = 600;
    static readonly DeliveryOptions Options = new(EventsUnreceiptedMax: 16, BatchesOnTheWayMax: 3, BatchBytesMax: 4_096);
    static readonly string[] Kinds = ["door.forced", "granted", "door.opened"];

    readonly Random _random;
    readonly WrongWay _wrong;
    readonly StepClock _clock = new();
    readonly MemoryOutbox _outbox = new();
    readonly MemoryVault _vault = new();
    readonly HistoryModel _model;
    readonly HoleWatch _holes;
    readonly EventIntake _intake;
    readonly HistorySeal _seal;
    readonly List<ReadOnlyMemory<byte>> _up = [];
    readonly List<byte[]> _down = [];
    readonly List<byte[]> _archive = [];
    StepLink _link = new();
    EventPump _pump;

    public History(int seed, WrongWay wrong = WrongWay.None)
    {
        (_random, _wrong, _model) = (new Random(seed), wrong, new HistoryModel(seed));
        _seal = new HistorySeal(isReal: seed % 101 == 0, takesAny: wrong is WrongWay.AnySignature);
        _outbox.Added = _model.Give;
        _outbox.Left = what => _model.Leave(what, _vault);
        _holes = new HoleWatch(_vault.Holes, _seal.Sign, _clock);
        _intake = new EventIntake(Keep, _seal.Sign, _clock) { Holes = _holes };
        _pump = Start();
    }

    public int Given => _model.Given;

    public int Pruned => _model.Pruned;

    /// <exception cref="DivergenceException">The model does not allow it.</exception>
    public History Run()
    {
        var acts = _random.Next(20, 90);
        for (var i = 0; i < acts; i++) Act();
        for (var i = 0; i < QuietRounds && !IsQuiet(); i++) Calm();
        _model.End(_outbox, _vault);
        return this;
    }

    void Act()
    {
        switch (_random.Next(26))
        {
            case < 5: Give(_random.Next(1, 4)); break;
            case < 9: _pump.Step(); break;
            case < 13: Deliver(); break;
            case < 15 when _link.Open > 0: Acknowledge(_random.Next(_link.Open)); break;
            case 15 when _link.Open > 0: _link.Fail(_random.Next(_link.Open), (LinkFault)_random.Next(4)); break;
            case < 19: Answer(); break;
            case 19: _outbox.Commit(accept: _random.Next(4) > 0); break;
            case 20: Reconnect(); break;
            case 21: Pass(TimeSpan.FromSeconds(_random.Next(1, 60) * (_random.Next(8) == 0 ? 60 : 1))); break;
            case 22 when _random.Next(3) == 0: Crash(); break;
            case 23 when _random.Next(3) == 0: Prune(); break;
            case 24: _outbox.IsUnreadable = _random.Next(3) == 0; break;
            default: Forge(); break;
        }
    }

    void Give(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var priority = _random.Next(8) switch { 0 => OutboxPriority.Alarm, < 4 => OutboxPriority.Access, _ => OutboxPriority.Telemetry };
            _outbox.Add(Kinds[(int)priority], priority);
        }

        Wake();
    }

    void Wake()
    {
        _model.Woken(_outbox.Waiting(OutboxPriority.Alarm));
        _pump.Wake();
    }

    /// <summary>Any message that is under way, in any order: it comes, comes twice, or never.</summary>
    void Deliver()
    {
        if (_up.Count == 0) return;

        var index = _random.Next(_up.Count);
        var message = _up[index];
        var fate = _random.Next(8);
        if (fate > 0) _up.RemoveAt(index);
        if (fate > 1) Consume(message);
    }

    void Consume(ReadOnlyMemory<byte> message)
    {
        try
        {
            if (_intake.Take(MemoryOutbox.Device, message) is not { } receipt) return;
            if (_random.Next(8) == 0) return; // killed after the commit, before the receipt left
            Say(receipt);
        }
        catch (IOException)
        {
            // killed before the commit: nothing of the message is kept
            if (_wrong is WrongWay.ReceiptBeforeCommit)
                Say(new EventIntake(events => events.Count, _seal.Sign, _clock).Take(MemoryOutbox.Device, message) ?? "");
        }
    }

    void Say(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        _down.Add(bytes);
        _archive.Add(bytes);
    }

    int Keep(IReadOnlyList<OutboxEvent> events) =>
        _isCalm || _random.Next(8) > 0 ? _vault.Keep(events) : throw new IOException("The consumer was killed.");

    void Answer()
    {
        foreach (var (_, text) in _holes.Due()) Say(text);
        if (_down.Count == 0) return;

        var index = _random.Next(_down.Count);
        var text2 = _down[index];
        var fate = _random.Next(8);
        if (fate > 0) _down.RemoveAt(index);
        if (fate > 1) _pump.Receive(text2);
    }

    void Acknowledge(int index)
    {
        var message = _link.Acknowledge(index);
        if (_wrong is not WrongWay.ConfirmOnAcknowledge) return;

        foreach (var what in EventBatch.Read(message.Payload, MemoryOutbox.Device, out _))
            _outbox.Confirm(new ConfirmedRun(what.Priority, what.Key.Boot, what.Key.Seq, what.Key.Seq));
    }

    void Reconnect()
    {
        if (_link.IsOnline) _link.Down();
        else _link.Up();
    }

    void Crash()
    {
        _outbox.Restart(commit: _random.Next(2) == 0);
        _outbox.Add("agent.started", OutboxPriority.Access);
        _pump = Start();
    }

    void Prune()
    {
        foreach (var what in _outbox.Prune(_random.Next(1, 12))) _model.Prune(what);
        Wake();
    }

    void Pass(TimeSpan time)
    {
        _clock.Advance(time);
        if (_random.Next(4) == 0) _clock.Jump(TimeSpan.FromDays(_random.Next(-4000, 4000)));
    }

    /// <summary>An old text again, a text by another key, or no text at all.</summary>
    void Forge()
    {
        var first = _random.Next(1, 30);
        _pump.Receive(_random.Next(4) switch
        {
            0 when _archive.Count > 0 => _archive[_random.Next(_archive.Count)],
            1 => Encoding.ASCII.GetBytes(_seal.Forge(Receipt.Type,
                new Receipt(MemoryOutbox.Device, [new SeqRange(_random.Next(1, 4), first, first + _random.Next(90))], default).ToJson())),
            2 => Encoding.ASCII.GetBytes(_seal.Sign(Receipt.Type, new Receipt("door-2", [new SeqRange(1, 1, 1_000)], default).ToJson())),
            _ => [.. Enumerable.Range(0, _random.Next(60)).Select(_ => (byte)_random.Next(256))],
        });
    }

    bool _isCalm;

    /// <summary>Nothing fails any more.</summary>
    void Calm()
    {
        (_isCalm, _outbox.IsUnreadable) = (true, false);
        if (!_link.IsOnline) _link.Up();
        Wake();
        _pump.Step();
        while (_link.Open > 0) Acknowledge(0);
        foreach (var message in _up)
            if (_intake.Take(MemoryOutbox.Device, message) is { } receipt) Say(receipt);
        _up.Clear();
        foreach (var (_, text) in _holes.Due()) Say(text);
        foreach (var text in _down) _pump.Receive(text);
        _down.Clear();
        _pump.Step();
        _outbox.Commit(accept: true);
        _clock.Advance(TimeSpan.FromSeconds(15));
    }

    bool IsQuiet() => _isCalm && _outbox.Depth == 0 && _up.Count == 0 && _vault.Holes(MemoryOutbox.Device).Count == 0
        && _link.Open == 0 && _pump.UnderWay == 0;

    EventPump Start()
    {
        var (before, isOnline) = (_link, _random.Next(2) == 0);
        before.Changed = null;
        before.Down();
        _link = new StepLink { Sent = Sent };
        _model.Restarted();
        var pump = new EventPump(MemoryOutbox.Device, _link, _outbox.Access(), _seal.Open, Options, _clock);
        _link.Changed = pump.Changed;
        if (isOnline) _link.Up();
        return pump;
    }

    void Sent(UpMessage message)
    {
        _up.Add(message.Payload);
        var isFree = _pump is null || _pump.UnderWay <= Options.EventsUnreceiptedMax;
        _model.Send(EventBatch.Read(message.Payload, MemoryOutbox.Device, out _), isFree, _outbox.IsWaiting);
    }
}

using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// One history from a seed: the real pump and the real intakes of events and of a gallery, with a network, disks, clocks and an
/// attacker that do whatever the seed says, and then a quiet time in which everything must come right. One device says events and
/// has a gallery; another has the gallery only.
/// </summary>
sealed class History : IDisposable
{
    const int QuietRounds = 600;
    static readonly DeliveryOptions Options = new(EventsUnreceiptedMax: 16, BatchesOnTheWayMax: 3, BatchBytesMax: 4_096);
    static readonly string[] Kinds = ["door.forced", "granted", "door.opened"];

    readonly Random _random;
    readonly WrongWay _wrong;
    readonly HistoryStep _step;
    readonly ScratchFolder _folder = new(inMemory: true);
    readonly StepClock _clock = new(), _hubClock = new();
    readonly MemoryOutbox _outbox = new();
    readonly MemoryVault _vault = new();
    readonly HistoryModel _model;
    readonly HistoryConsumer _consumer;
    readonly HistorySeal _seal;
    readonly HistoryHub _hub;
    readonly HistoryDoor[] _doors;
    readonly HistoryAttacker _attacker;
    readonly LossyWay<(HistoryDoor From, UpMessage Message)> _up;
    readonly LossyWay<(HistoryDoor To, DownMessage Message)> _down;
    EventPump _pump;

    public History(int seed, WrongWay wrong = WrongWay.None)
    {
        (_random, _wrong, _step) = (new Random(seed), wrong, new HistoryStep(seed));
        (_model, _up, _down) = (new HistoryModel(_step), new(_random), new(_random));
        _seal = new HistorySeal(seed % 101 == 0, wrong is WrongWay.AnySignature, takesAnyPush: wrong is WrongWay.AnyPush);
        _outbox.Added = _model.Give;
        _outbox.Left = what => _model.Leave(what, _vault);
        _consumer = new HistoryConsumer(_random, _vault, _seal, _clock, receiptsFirst: wrong is WrongWay.ReceiptBeforeCommit);
        var published = new GalleryModel(_step);
        _hub = new HistoryHub(_random, published, _seal, _hubClock, keepsDeleted: wrong is WrongWay.DeletedPressed) { Say = Say };
        _attacker = new HistoryAttacker(_random, _seal, _hub, _hubClock);
        _doors = [Door(0, _clock), Door(1, new StepClock())];
        _pump = Pump(_doors[0].Link);
        foreach (var door in _doors) Start(door);

        HistoryDoor Door(int index, StepClock clock) => new(index, _random, _folder.Path, _seal, published, clock, wrong);
    }

    public HistoryTally Tally => new(
        _model.Given, _model.Pruned, _hub.Pressed, _doors.Sum(door => door.Applied), _doors.Sum(door => door.PutBacks),
        _doors.Sum(door => door.Cuts));

    /// <exception cref="DivergenceException">A model does not allow it.</exception>
    public void Run()
    {
        var acts = _random.Next(30, 180);
        for (var i = 0; i < acts; i++) Step(Act);
        for (var i = 0; i < QuietRounds && !IsQuiet(); i++) Step(Calm);
        _model.End(_outbox, _vault);
        foreach (var door in _doors) door.End();
    }

    public void Dispose() => _folder.Dispose();

    void Step(Action act)
    {
        _step.Number++;
        try
        {
            act();
        }
        catch (Exception e) when (e is not DivergenceException)
        {
            throw _step.Fault(e);
        }

        foreach (var door in _doors) door.Look();
    }

    void Act()
    {
        var door = _doors[_random.Next(_doors.Length)];
        var link = door.Link;
        switch (_random.Next(50))
        {
            case < 5: Give(_random.Next(1, 4)); break;
            case < 9: _pump.Step(); break;
            case < 14: Deliver(); break;
            case < 17 when link.Open > 0: Acknowledge(link, _random.Next(link.Open)); break;
            case 17 when link.Open > 0: link.Fail(_random.Next(link.Open), (LinkFault)_random.Next(4)); break;
            case < 26: Answer(); break;
            case 26: _outbox.Commit(accept: _random.Next(4) > 0); break;
            case 27: Reconnect(link); break;
            case 28: Pass(TimeSpan.FromSeconds(_random.Next(1, 60) * (_random.Next(8) == 0 ? 60 : 1))); break;
            case 29 when _random.Next(3) == 0: Crash(door); break;
            case 30 when _random.Next(3) == 0: Prune(); break;
            case 31: _outbox.IsUnreadable = _random.Next(3) == 0; break;
            case < 34: _hub.Publish(); break;
            case < 36: _hub.Push(door.Name); break;
            case 36: _hub.Head(door.Name); break;
            case < 40: Powered(door, door.Beat); break;
            case 40: door.Remember(); break;
            case < 45: door.Fail(); break;
            case 45 when _random.Next(3) == 0: door.Erase(); break;
            case 46 when _random.Next(8) == 0: foreach (var message in _attacker.Heard.ToArray()) Hear(door, message); break;
            default: foreach (var message in _attacker.Say()) Hear(door, message); break;
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

    void Deliver()
    {
        for (var i = _random.Next(1, 4); i > 0; i--)
            if (_up.TryTake(out var sent)) Consume(sent.From, sent.Message);
    }

    void Consume(HistoryDoor from, UpMessage message)
    {
        if (message.Channel is UpChannel.Gallery)
        {
            if (GalleryReport.Parse(message.Payload.Span) is { } report) _hub.Answer(from.Name, report);
        }
        else if (_consumer.Take(from.Name, message.Payload) is { } receipt)
        {
            Say(receipt);
        }
    }

    void Say(string text) => Say(MemoryOutbox.Device, new DownMessage(DownChannel.Receipts, Encoding.ASCII.GetBytes(text)));

    void Say(string device, DownMessage message)
    {
        _down.Send((_doors.Single(door => door.Name == device), message));
        _attacker.Hear(message);
    }

    void Answer()
    {
        foreach (var text in _consumer.Due()) Say(text);
        for (var i = _random.Next(1, 4); i > 0; i--)
            if (_down.TryTake(out var said)) Hear(said.To, said.Message);
    }

    void Hear(HistoryDoor door, DownMessage message)
    {
        if (message.Channel is not DownChannel.Receipts) Powered(door, () => door.Hear(message));
        else if (door == _doors[0]) _pump.Receive(message.Payload);
    }

    void Powered(HistoryDoor door, Action act)
    {
        try
        {
            act();
        }
        catch (PowerCutException)
        {
            Crash(door);
        }
    }

    void Acknowledge(StepLink link, int index)
    {
        var message = link.Acknowledge(index);
        if (_wrong is not WrongWay.ConfirmOnAcknowledge || message.Channel is not UpChannel.Events) return;

        foreach (var what in EventBatch.Read(message.Payload, MemoryOutbox.Device, out _))
            _outbox.Confirm(new ConfirmedRun(what.Priority, what.Key.Boot, what.Key.Seq, what.Key.Seq));
    }

    static void Reconnect(StepLink link)
    {
        if (link.IsOnline) link.Down();
        else link.Up();
    }

    void Crash(HistoryDoor door)
    {
        door.GoDown();
        if (door == _doors[0])
        {
            _outbox.Restart(commit: _random.Next(2) == 0);
            _outbox.Add("agent.started", OutboxPriority.Access);
        }

        Start(door);
    }

    void Prune()
    {
        foreach (var what in _outbox.Prune(_random.Next(1, 12))) _model.Prune(what);
        Wake();
    }

    void Pass(TimeSpan time)
    {
        Advance(time);
        if (_random.Next(4) == 0) _clock.Jump(TimeSpan.FromDays(_random.Next(-4000, 4000)));
    }

    void Advance(TimeSpan time)
    {
        _hubClock.Advance(time);
        foreach (var door in _doors) door.Clock.Advance(time);
    }

    /// <summary>Nothing fails any more.</summary>
    void Calm()
    {
        (_consumer.IsCalm, _outbox.IsUnreadable) = (true, false);
        foreach (var door in _doors)
        {
            door.Mend();
            if (!door.Link.IsOnline) door.Link.Up();
            if (_step.Number % 4 == 0) _hub.Head(door.Name);
        }

        Wake();
        _pump.Step();
        foreach (var door in _doors)
            while (door.Link.Open > 0) Acknowledge(door.Link, 0);
        foreach (var (from, message) in _up.TakeAll()) Consume(from, message);
        foreach (var text in _consumer.Due()) Say(text);
        foreach (var (to, message) in _down.TakeAll()) Hear(to, message);
        _pump.Step();
        _outbox.Commit(accept: true);
        foreach (var door in _doors)
        {
            door.Beat();
            door.Remember();
        }

        Advance(TimeSpan.FromSeconds(15));
    }

    bool IsQuiet() => _consumer.IsCalm && _outbox.Depth == 0 && _up.Count == 0 && _down.Count == 0 && _pump.UnderWay == 0
        && _vault.Holes(MemoryOutbox.Device).Count == 0 && _doors.All(door => door.Link.Open == 0 && door.Version == _hub.Newest);

    void Start(HistoryDoor door)
    {
        var before = door.Link;
        before.Changed = null;
        before.Down();
        var link = new StepLink { Sent = message => Sent(door, message) };
        var pump = door == _doors[0] ? _pump = Pump(link) : null;
        link.Changed = state =>
        {
            pump?.Changed(state);
            if (state.Status is LinkStatus.Online) door.Connected();
        };
        Powered(door, () => door.Start(link));
        if (_random.Next(2) == 0 && door.Link == link) link.Up();
    }

    EventPump Pump(StepLink link)
    {
        _model.Restarted();
        return new EventPump(MemoryOutbox.Device, link, _outbox.Access(), _seal.Open, Options, _clock);
    }

    void Sent(HistoryDoor door, UpMessage message)
    {
        _up.Send((door, message));
        if (message.Channel is not UpChannel.Events) return;

        var isFree = _pump.UnderWay <= Options.EventsUnreceiptedMax;
        _model.Send(EventBatch.Read(message.Payload, MemoryOutbox.Device, out _), isFree, _outbox.IsWaiting);
    }
}

using System.Text;
using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>A pump between a journal in memory and a link that does what it is told, a step at a time.</summary>
sealed class PumpBed : IDisposable
{
    public static readonly DeliveryOptions Options =
        new(EventsUnreceiptedMax: 16, BatchesOnTheWayMax: 2, BatchBytesMax: 4_096);

    readonly SigningKey _consumer = SigningKey.Create(), _root = SigningKey.Create();
    readonly TrustedKeys _keys;

    public PumpBed()
    {
        _keys = TrustedKeys.Of(new TrustDocument(
            1, [new(_root.Public.Spki, [KeyRole.Root]), new(_consumer.Public.Spki, [KeyRole.Receipt])]));
        Pump = Restart();
    }

    public StepClock Clock { get; } = new();

    public MemoryOutbox Outbox { get; } = new();

    public StepLink Link { get; private set; } = new();

    public EventPump Pump { get; private set; }

    /// <summary>The numbers in each message that left, in their order, over all restarts.</summary>
    public List<long[]> Sent { get; } = [];

    public SigningKey Consumer => _consumer;

    /// <summary>A key that the device trusts, but not for receipts.</summary>
    public SigningKey Root => _root;

    /// <summary>Another run of the device, and another connection.</summary>
    public EventPump Restart(DeliveryOptions? options = null)
    {
        Link = new StepLink { Sent = message => Sent.Add([.. Read(message).Select(what => what.Key.Seq)]) };
        Pump = new EventPump(
            MemoryOutbox.Device, Link, Outbox.Access(), ReceiptReader.With(() => _keys), options ?? Options, Clock);
        Link.Changed = Pump.Changed;
        Link.Up();
        return Pump;
    }

    public void Add(int count, OutboxPriority priority = OutboxPriority.Access)
    {
        for (var i = 0; i < count; i++) Outbox.Add("granted", priority);
        Pump.Wake();
    }

    public TimeSpan Step() => Pump.Step();

    /// <summary>All that can be done, with a broker that acknowledges whatever it gets.</summary>
    public void Run()
    {
        Pump.Step();
        while (Link.Open > 0)
        {
            Link.Acknowledge(0);
            Pump.Step();
        }
    }

    /// <returns>How many seconds it was, until a message left again.</returns>
    public int SecondsUntilSent()
    {
        var before = Sent.Count;
        for (var seconds = 1; seconds <= 3_600; seconds++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Run();
            if (Sent.Count > before) return seconds;
        }

        return int.MaxValue;
    }

    /// <summary>A receipt for these.</summary>
    public void Hold(params SeqRange[] ranges) => Hold(MemoryOutbox.Device, _consumer, ranges);

    public void Hold(string device, SigningKey key, params SeqRange[] ranges) =>
        Receive(SignedText.Sign(Receipt.Type, new Receipt(device, ranges, Clock.GetUtcNow()).ToJson(), key));

    public void Ask(params MissedRange[] ranges) => Receive(SignedText.Sign(
        ResendRequest.Type, new ResendRequest(MemoryOutbox.Device, ranges).ToJson(), _consumer));

    public void Receive(string text) => Pump.Receive(Encoding.ASCII.GetBytes(text));

    /// <summary>The journal takes what it was given to confirm, and the pump hears of it.</summary>
    public void Commit(bool accept = true)
    {
        Pump.Step();
        Outbox.Commit(accept);
        Pump.Step();
    }

    static IReadOnlyList<OutboxEvent> Read(UpMessage message) =>
        EventBatch.Read(message.Payload, MemoryOutbox.Device, out _);

    public void Dispose()
    {
        _consumer.Dispose();
        _root.Dispose();
    }
}

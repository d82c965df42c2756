using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>The real intake of events, which is killed before its commit, or after it and before the receipt has left.</summary>
sealed class HistoryConsumer
{
    readonly Random _random;
    readonly MemoryVault _vault;
    readonly HistorySeal _seal;
    readonly StepClock _clock;
    readonly bool _receiptsFirst;
    readonly HoleWatch _holes;
    readonly EventIntake _intake;

    /// <param name="random">Of the history.</param>
    /// <param name="vault">Where events are kept.</param>
    /// <param name="seal">Signs.</param>
    /// <param name="clock">Its own, or that of a device.</param>
    /// <param name="receiptsFirst">Wrong: it signs what it has not kept.</param>
    public HistoryConsumer(Random random, MemoryVault vault, HistorySeal seal, StepClock clock, bool receiptsFirst)
    {
        (_random, _vault, _seal, _clock, _receiptsFirst) = (random, vault, seal, clock, receiptsFirst);
        _holes = new HoleWatch(vault.Holes, seal.Sign, clock);
        _intake = new EventIntake(Keep, seal.Sign, clock) { Holes = _holes };
    }

    /// <summary>Nobody kills it any more.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Requests to send again.</summary>
    public IEnumerable<string> Due() => _holes.Due().Select(due => due.Text);

    /// <summary>The receipt; null: none, or none that left.</summary>
    public string? Take(string device, ReadOnlyMemory<byte> batch)
    {
        try
        {
            var receipt = _intake.Take(device, batch);
            return receipt is not null && !IsCalm && _random.Next(8) == 0 ? null : receipt;
        }
        catch (IOException)
        {
            // Nothing of the message is kept.
            return _receiptsFirst ? new EventIntake(events => events.Count, _seal.Sign, _clock).Take(device, batch) ?? "" : null;
        }
    }

    int Keep(IReadOnlyList<OutboxEvent> events) =>
        IsCalm || _random.Next(8) > 0 ? _vault.Keep(events) : throw new IOException("The consumer was killed.");
}

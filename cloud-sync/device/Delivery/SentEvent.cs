using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>How far an event has come.</summary>
enum SentState
{
    /// <summary>In a message that the other side of the link has not acknowledged.</summary>
    OnTheWay,

    /// <summary>It left, and nobody knows whether the consumer has it.</summary>
    Sent,

    /// <summary>The consumer holds it.</summary>
    Receipted,

    /// <summary>It is leaving the outbox.</summary>
    Confirming,
}

/// <summary>An event that was sent in this run and is still in the outbox. Its content stays in the journal.</summary>
sealed class SentEvent(EventKey key)
{
    public EventKey Key { get; } = key;

    public SentState State { get; set; }

    public int Attempts { get; set; }

    /// <summary>When it went last, as a timestamp.</summary>
    public long SentAt { get; set; }

    /// <summary>It went more than once: whose receipt comes is not known.</summary>
    public bool IsAgain { get; set; }

    /// <summary>When it goes again without a receipt, as a timestamp; of <see cref="SentState.Sent"/> only.</summary>
    public long Due { get; set; }
}

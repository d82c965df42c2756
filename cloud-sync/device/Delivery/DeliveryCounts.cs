namespace EdgeFace.Delivery;

/// <summary>What the pump has done since the start. Written by the pump alone.</summary>
sealed class DeliveryCounts
{
    readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);

    /// <summary>Events that left for the first time in this run.</summary>
    public long Sent { get; set; }

    /// <summary>Events that left again, since no receipt came for them.</summary>
    public long SentAgain { get; set; }

    /// <summary>Messages that the other side of the link acknowledged. That says nothing of the consumer.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Messages that ended otherwise.</summary>
    public long Failed { get; set; }

    /// <summary>Events that left the outbox for a receipt.</summary>
    public long Confirmed { get; set; }

    /// <summary>Confirmations that the journal refused; they are tried again.</summary>
    public long ConfirmsRefused { get; set; }

    /// <summary>Events that the journal gave up while they were under way.</summary>
    public long Gone { get; set; }

    public long Receipts { get; set; }

    /// <summary>Genuine receipts for nothing that was under way: repeated, or of an earlier run.</summary>
    public long ReceiptsIdle { get; set; }

    /// <summary>Texts that came while too many were waiting.</summary>
    public long TextsLost { get; set; }

    /// <summary>Times at which the journal could not be read.</summary>
    public long ReadsFailed { get; set; }

    /// <summary>Texts refused on the channel of receipts, by the reason's code.</summary>
    public IReadOnlyDictionary<string, long> Refused
    {
        get
        {
            lock (_refused) return new Dictionary<string, long>(_refused);
        }
    }

    /// <param name="code">One of a few words of ours, never one from outside.</param>
    public void Refuse(string code)
    {
        lock (_refused) _refused[code] = _refused.GetValueOrDefault(code) + 1;
    }
}

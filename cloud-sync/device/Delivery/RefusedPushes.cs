using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>What was refused: all of it counted, the latest kept for the next report, and each kind told once until one is applied.</summary>
sealed class RefusedPushes
{
    const int ForGoodMax = 64;

    readonly Queue<RefusedPush> _latest = new();
    readonly HashSet<string> _told = new(StringComparer.Ordinal);
    readonly Dictionary<string, PushRefusal> _forGood = new(StringComparer.Ordinal);

    public long Count { get; private set; }

    /// <summary>A delta did not fit, and nothing was applied since.</summary>
    public bool WantsFull { get; private set; }

    /// <summary>Why this very push cannot be kept; null: it was not tried, or so long ago that it is tried again.</summary>
    public PushRefusal? Find(byte[] hash) => _forGood.GetValueOrDefault(Convert.ToHexString(hash));

    /// <returns>True where it is to be told: a broker that repeats a forgery ten thousand times fills no journal.</returns>
    public bool Add(PushRefusal refusal, byte[]? hash, long? version, bool forGood)
    {
        Count++;
        WantsFull |= refusal.WantsFull;
        if (forGood && hash is not null)
        {
            if (_forGood.Count == ForGoodMax) _forGood.Clear();
            _forGood[Convert.ToHexString(hash)] = refusal;
        }

        if (_latest.Count == GalleryReport.RefusedMax) _latest.Dequeue();
        _latest.Enqueue(new RefusedPush(refusal.Code, refusal.Message, hash, version));
        return _told.Add(refusal.Code);
    }

    /// <summary>For a report; once.</summary>
    public RefusedPush[] Take()
    {
        var taken = _latest.ToArray();
        _latest.Clear();
        return taken;
    }

    public void Settled()
    {
        WantsFull = false;
        _told.Clear();
    }
}

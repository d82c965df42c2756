namespace EdgeFace.Hub.Publishing;

/// <summary>
/// How long pushes of a gallery are on the way. Of many who are enrolled one after the other, each version would overtake the one before
/// it and bring everybody of it once more: the next one waits until devices have the last, or had the time. Used by one at a time.
/// </summary>
sealed class PushPace(TimeProvider time)
{
    /// <summary>Whoever is added waits so long at most, however many are brought the version before.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    readonly Dictionary<string, (long At, TimeSpan For)> _ways = new(StringComparer.Ordinal);
    readonly Dictionary<string, long> _waits = new(StringComparer.Ordinal);

    /// <summary>One more is on the way, behind those that are.</summary>
    public void Add(string gallery, TimeSpan takes) => _ways[gallery] = (time.GetTimestamp(), Left(gallery) + takes);

    /// <summary>Asked where somebody was added: he waits from the first time that it is.</summary>
    public bool HasToWait(string gallery)
    {
        if (Left(gallery) == TimeSpan.Zero) return false;
        if (_waits.TryAdd(gallery, time.GetTimestamp())) return true;

        return time.GetElapsedTime(_waits[gallery]) < Most;
    }

    /// <summary>There is a next version: whoever waited is in it.</summary>
    public void Next(string gallery) => _waits.Remove(gallery);

    /// <summary>What is on the way is the newest no more.</summary>
    public void End(string gallery) => _ways.Remove(gallery);

    TimeSpan Left(string gallery) =>
        _ways.TryGetValue(gallery, out var way) && way.For - time.GetElapsedTime(way.At) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}

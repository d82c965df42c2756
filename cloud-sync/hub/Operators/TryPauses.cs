using System.Net;
using System.Net.Sockets;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// How long somebody waits after wrong tries: nothing at first, then a second that doubles up to a quarter of an hour. Kept here
/// for addresses and for names that nobody has; for operators it stands in the database.
/// </summary>
sealed class TryPauses(TimeProvider time)
{
    public const int FreeOfName = 5, FreeOfAddress = 20;
    const int KeysMax = 10_000;

    static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(15), Forgotten = TimeSpan.FromDays(1);

    readonly Lock _one = new();
    readonly Dictionary<string, (long Count, DateTimeOffset Last)> _tries = [];

    public static TimeSpan Pause(long failures, int free) =>
        failures < free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(PauseMax.TotalSeconds, Math.Pow(2, Math.Min(20, failures - free))));

    /// <summary>Counts a try before it is judged, so that many at once get no further than one after another.</summary>
    /// <returns>How long to wait; zero: it may be judged.</returns>
    public TimeSpan Count(string key, int free)
    {
        lock (_one)
        {
            var now = time.GetUtcNow();
            var (count, last) = _tries.GetValueOrDefault(key);
            if (count > 0 && last + Forgotten < now) count = 0;
            var wait = last + Pause(count, free) - now;
            if (count > 0 && wait > TimeSpan.Zero) return wait;
            if (_tries.Count >= KeysMax && !_tries.ContainsKey(key)) MakeRoom();
            _tries[key] = (count + 1, now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>A try was right: it does not count.</summary>
    public void Forgive(string key)
    {
        lock (_one)
        {
            if (_tries.TryGetValue(key, out var tries)) _tries[key] = (Math.Max(0, tries.Count - 1), tries.Last);
        }
    }

    /// <summary>An IPv6 customer has a whole /64.</summary>
    public static string Key(IPAddress? address)
    {
        if (address is null) return "address:none";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? $"address:{Convert.ToHexString(address.GetAddressBytes(), 0, 8)}" : $"address:{address}";
    }

    void MakeRoom()
    {
        foreach (var key in _tries.OrderBy(pair => pair.Value.Last).Take(KeysMax / 10).Select(pair => pair.Key).ToArray()) _tries.Remove(key);
    }
}

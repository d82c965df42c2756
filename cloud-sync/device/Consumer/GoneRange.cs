using System.Globalization;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>Numbers that will never come, as the device itself says in one of its events.</summary>
/// <param name="Device">Whose.</param>
/// <param name="Boot">Of this boot only; null: of any.</param>
/// <param name="From">The first, itself included.</param>
/// <param name="To">The last, itself included.</param>
/// <param name="Why">The kind of the event that says so.</param>
sealed record GoneRange(string Device, long? Boot, long From, long To, string Why)
{
    /// <summary>
    /// Null where an event says nothing of the kind, or says it in a way that cannot be read. It can only speak of numbers before
    /// its own: what is given later cannot be gone.
    /// </summary>
    public static GoneRange? Of(OutboxEvent what)
    {
        if (Said(what) is not { } said) return null;

        var to = Math.Min(said.To, what.Key.Seq - 1);
        return said.From >= 1 && said.From <= to ? said with { To = to } : null;
    }

    static GoneRange? Said(OutboxEvent what) => what.Kind switch
    {
        "journal.pruned" when Number(what, "up_to_seq") is { } upTo => new(what.Device, null, 1, upTo, what.Kind),
        "journal.resend-gone" when Number(what, "from_seq") is { } from && Number(what, "to_seq") is { } to =>
            new(what.Device, Number(what, "boot"), from, to, what.Kind),
        // Another journal goes on with higher numbers: those between the two were given to nothing.
        "journal.replaced" when Number(what, "last_seq") is { } last && last + 1 < what.Key.Seq =>
            new(what.Device, null, last + 1, what.Key.Seq - 1, what.Kind),
        _ => null,
    };

    /// <summary>What is left of a hole when all that is gone is taken out of it.</summary>
    public static IEnumerable<MissedRange> Without(MissedRange hole, IReadOnlyList<GoneRange> gone)
    {
        var next = hole.From;
        foreach (var range in gone.OrderBy(range => range.From))
        {
            if (range.To < next || range.From > hole.To || !(range.Boot is null || range.Boot == hole.Boot || hole.Boot is null)) continue;
            if (range.From > next) yield return hole with { From = next, To = range.From - 1 };
            next = range.To + 1;
        }

        if (next <= hole.To) yield return hole with { From = next };
    }

    /// <summary>
    /// Numbers between two neighbours that are neither there nor gone. A hole between two boots has none of its own. A number that is lower
    /// in a later boot begins another journal, and is no hole.
    /// </summary>
    public static IEnumerable<MissedRange> Between(EventKey last, EventKey next, IReadOnlyList<GoneRange> gone) =>
        next.Seq > last.Seq + 1 ? Without(new MissedRange(next.Boot == last.Boot ? next.Boot : null, last.Seq + 1, next.Seq - 1), gone) : [];

    /// <summary>All holes up to the last number that is there, at most as many as a request takes.</summary>
    /// <param name="start">Up to here nothing is missing.</param>
    /// <param name="present">What is there behind it, in order.</param>
    /// <param name="gone">What will never come.</param>
    /// <returns>And up to where nothing is missing now.</returns>
    public static (IReadOnlyList<MissedRange> Holes, EventKey Complete) Holes(
        EventKey start, IEnumerable<EventKey> present, IReadOnlyList<GoneRange> gone)
    {
        List<MissedRange> holes = [];
        var (last, complete) = (start, start);
        foreach (var next in present)
        {
            if (holes.Count >= ResendRequest.RangesMax) break;

            holes.AddRange(Between(last, next, gone));
            last = next;
            if (holes.Count == 0) complete = next;
        }

        return ([.. holes.Take(ResendRequest.RangesMax)], complete);
    }

    static long? Number(OutboxEvent what, string key) =>
        what.More is { } more && more.TryGetValue(key, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number <= WireLimits.VersionMax ? number : null;
}

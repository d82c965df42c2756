using System.Globalization;
using EdgeFace.Delivery;
using EdgeFace.Journal;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>The journal as the pump of events sees it, and its events as they go over the wire.</summary>
static class EventMapping
{
    public const string ResendGone = "journal.resend-gone";

    /// <param name="journal">Goes on under the name that it was begun with.</param>
    /// <param name="device">
    /// As the other side knows it: in topics, receipts and events. A device that is called otherwise than before has another journal's
    /// name in its own, and the same numbers.
    /// </param>
    /// <param name="time">Stamps what is said to be gone.</param>
    public static OutboxAccess Of(EventJournal journal, string device, TimeProvider time) => new(
        (priority, after, count) => Read(device, () => journal.Read().Pending((EventPriority)priority, after, count)),
        (range, count) => Read(device, () => journal.Read().Range(range.Boot, range.From, range.To, count)),
        runs => journal.ConfirmAsync(
            [.. runs.Select(run => new OutboxRange(run.From, run.To, run.Boot, (EventPriority)run.Priority))]),
        range => _ = journal.AppendAsync(Gone(range, time.GetUtcNow())));

    public static OutboxEvent Of(JournalEntry entry, string device)
    {
        var (id, what) = entry;
        return new OutboxEvent(
            device, new EventKey(id.Boot, id.Seq), what.At, what.Kind, (OutboxPriority)what.Priority, what.Door, what.Camera,
            what.Subject?.ToString(), what.Reason, what.Value, what.Limit, what.Remedy, what.More);
    }

    static AccessEvent Gone(MissedRange range, DateTimeOffset at)
    {
        var more = new Dictionary<string, string> { ["from_seq"] = Text(range.From), ["to_seq"] = Text(range.To) };
        if (range.Boot is { } boot) more["boot"] = Text(boot);
        return new AccessEvent(ResendGone, at, Priority: EventPriority.Telemetry, More: more);
    }

    /// <summary>Null when it cannot be read now: the journal says itself what is wrong with it.</summary>
    static IReadOnlyList<OutboxEvent>? Read(string device, Func<IReadOnlyList<JournalEntry>> read)
    {
        try
        {
            return [.. read().Select(entry => Of(entry, device))];
        }
        catch (StorageException)
        {
            return null;
        }
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

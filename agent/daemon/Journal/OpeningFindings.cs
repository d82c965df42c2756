using System.Globalization;
using EdgeFace.Storage;

namespace EdgeFace.Journal;

/// <summary>What the opening of a journal found, as the events that say so: all of them are alarms.</summary>
sealed class OpeningFindings(StateFolder folder, string device, TimeProvider time)
{
    /// <param name="reason">damaged, foreign, foreign-key or missing.</param>
    /// <param name="what">The same for people.</param>
    /// <param name="keptAs">Where the old one is now; null: there was none any more.</param>
    /// <param name="last">How far it is known to have gone; null: not known.</param>
    public AccessEvent Replaced(string reason, string what, string? keptAs, SignedPoint? last) => Alarm(
        "journal.replaced", "Keep the old file and look into it: edgeface journal verify --from-file FILE") with
    {
        Reason = reason,
        More = new Dictionary<string, string>
        {
            ["what"] = what,
            ["kept_as"] = Path.GetFileName(keptAs) ?? "",
            ["last_boot"] = Text(last?.Boot ?? 0),
            ["last_seq"] = Text(last?.Seq ?? 0),
            ["last_hash"] = last is null ? "" : Convert.ToHexStringLower(last.Hash),
        },
    };

    public IEnumerable<AccessEvent> Exposed(JournalKey key)
    {
        if (key.Exposed)
        {
            yield return Alarm("journal.key-exposed",
                $"Others could read {folder.JournalKey}: chmod 600 it, and move it away if you do not trust them.");
        }
    }

    public AccessEvent HeadMissing() => Alarm("journal.head-missing",
        "journal.head was gone or damaged at the start: compare the end of the journal with what the hub has.");

    public AccessEvent OutboxChanged(long expected, long found) => Alarm("journal.outbox-changed",
        "Somebody changed which events wait to be sent: all that stand in the journal are sent again.") with
    {
        Value = found,
        Limit = expected,
    };

    /// <summary>Nothing where the device bears the journal's name.</summary>
    public IEnumerable<AccessEvent> Renamed(string journal)
    {
        if (journal == device) yield break;

        yield return Alarm("journal.device-renamed",
            $"The device is called '{device}' now, and its journal goes on as '{journal}', since an event keeps its name for ever. "
            + $"If that was not meant, put \"device\": \"{journal}\" into the profile.") with
        {
            More = new Dictionary<string, string> { ["journal"] = journal, ["device"] = device },
        };
    }

    AccessEvent Alarm(string kind, string remedy) =>
        new(kind, time.GetUtcNow(), Priority: EventPriority.Alarm, Remedy: remedy);

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

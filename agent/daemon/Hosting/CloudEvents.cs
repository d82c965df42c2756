using System.Globalization;
using EdgeFace.Journal;
using EdgeFace.Link;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>
/// What the cloud connection does, in the journal's words. A connection that flaps and a forger that floods are told once a
/// minute and counted: the journal's room is for what happened at the doors. Safe to use from several threads.
/// </summary>
sealed class CloudEvents(Action<AccessEvent> append, TimeProvider time)
{
    static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    readonly Lock _turn = new();
    readonly Dictionary<string, (long At, int Untold)> _told = new(StringComparer.Ordinal);
    string? _lost;

    /// <summary>Its loss and its return, once each; and each other reason for which it stays away.</summary>
    public void Tell(LinkState state)
    {
        lock (_turn)
        {
            if (state.Status is LinkStatus.Online)
            {
                if (_lost is not null) append(new AccessEvent("cloud.back", time.GetUtcNow()));
                _lost = null;
            }
            else if (state.Reason.Length > 0 && state.Reason != _lost)
            {
                _lost = state.Reason;
                append(new AccessEvent(
                    "cloud.lost", time.GetUtcNow(), Reason: state.Reason, Remedy: state.Message, Priority: EventPriority.Alarm));
            }
        }
    }

    public void Tell(CommandDocument? command, CommandAnswer answer)
    {
        if (answer.Result == "refused" && command is null)
        {
            TellRefused("cloud.command-refused", answer.Code, answer.Message);
            return;
        }

        append(new AccessEvent(
            $"cloud.command-{answer.Result}", time.GetUtcNow(), command?.Door, Reason: answer.Code.Length > 0 ? answer.Code : null,
            Remedy: answer.Message,
            More: new Dictionary<string, string> { ["command"] = command?.Command ?? "", ["id"] = command?.Id ?? "" }));
    }

    public void TellSettings(long version, string code, IReadOnlyList<string> faults)
    {
        if (version == 0)
        {
            TellRefused("cloud.settings-refused", code, "Somebody who may not set this device has sent settings; nothing was changed.");
            return;
        }

        append(new AccessEvent(
            code == "applied" ? "cloud.settings-applied" : "cloud.settings-refused", time.GetUtcNow(), Reason: code,
            Remedy: faults.Count > 0 ? string.Join("; ", faults) : null,
            Priority: code == "applied" ? EventPriority.Access : EventPriority.Alarm,
            More: new Dictionary<string, string> { ["version"] = version.ToString(CultureInfo.InvariantCulture) }));
    }

    public void TellTrust(long version, string? refusal)
    {
        if (refusal is not null)
        {
            TellRefused("cloud.trust-refused", refusal, "A set of trusted keys came that is not the next one, or is not signed as it must be; nothing was changed.");
            return;
        }

        append(new AccessEvent(
            "cloud.trust-changed", time.GetUtcNow(), Priority: EventPriority.Alarm,
            More: new Dictionary<string, string> { ["version"] = version.ToString(CultureInfo.InvariantCulture) }));
    }

    /// <summary>What nobody may have signed: an alarm, the first at once, all others of a minute together.</summary>
    public void TellRefused(string kind, string code, string remedy)
    {
        int times;
        lock (_turn)
        {
            var known = _told.TryGetValue(kind, out var last);
            times = known ? last.Untold + 1 : 1;
            if (known && time.GetElapsedTime(last.At) < Between)
            {
                _told[kind] = last with { Untold = times };
                return;
            }

            _told[kind] = (time.GetTimestamp(), 0);
        }

        append(new AccessEvent(kind, time.GetUtcNow(), Reason: code, Value: times, Remedy: remedy, Priority: EventPriority.Alarm));
    }
}

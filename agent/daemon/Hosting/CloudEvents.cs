using System.Globalization;
using EdgeFace.Delivery;
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
    readonly Dictionary<(string Kind, string Code), (long At, int Untold)> _told = [];
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

    /// <summary>A command that was done is told each time; of refused ones a recording could be played back at any pace.</summary>
    public void Tell(CommandDocument? command, CommandAnswer answer)
    {
        var more = command is null ? null : new Dictionary<string, string> { ["command"] = command.Command, ["id"] = command.Id };
        if (answer.Result == "refused")
        {
            TellRefused("cloud.command-refused", answer.Code, answer.Message, command?.Door, more);
            return;
        }

        append(new AccessEvent(
            $"cloud.command-{answer.Result}", time.GetUtcNow(), command?.Door, Reason: answer.Code.Length > 0 ? answer.Code : null,
            Remedy: answer.Message, More: more));
    }

    /// <param name="version">0: nobody may have signed them.</param>
    /// <param name="code">"applied", "not-kept", or why they are refused.</param>
    /// <param name="faults">What there is to say.</param>
    public void TellSettings(long version, string code, IReadOnlyList<string> faults)
    {
        var more = version == 0 ? null : Version(version);
        var words = faults.Count > 0 ? string.Join("; ", faults) : null;
        if (code == "applied")
        {
            append(new AccessEvent("cloud.settings-applied", time.GetUtcNow(), Reason: code, More: more));
            return;
        }

        TellRefused(
            code == "not-kept" ? "cloud.settings-not-kept" : "cloud.settings-refused", code,
            version == 0 ? "Somebody who may not set this device has sent settings; nothing was changed." : words, more: more);
    }

    public void Tell(GalleryNews news) => append(new AccessEvent(
        news.Kind, time.GetUtcNow(), Reason: news.Code, Value: news.Version, Remedy: news.Message,
        Priority: news.IsAlarm ? EventPriority.Alarm : EventPriority.Access));

    /// <param name="version">In force.</param>
    /// <param name="refusal">Why a set is refused; null: it is in force.</param>
    /// <param name="notKept">Why it is so only until the next start.</param>
    public void TellTrust(long version, string? refusal, string? notKept)
    {
        if (refusal is not null)
        {
            TellRefused("cloud.trust-refused", refusal, "A set of trusted keys came that is not the next one, or is not signed as it must be; nothing was changed.");
            return;
        }

        append(new AccessEvent(
            "cloud.trust-changed", time.GetUtcNow(), Reason: notKept is null ? null : "not-kept", Remedy: notKept, Priority: EventPriority.Alarm,
            More: Version(version)));
    }

    /// <summary>Which commands were done is not known any more.</summary>
    public void TellMemoryLost() => append(new AccessEvent(
        "cloud.memory-lost", time.GetUtcNow(), Remedy:
            $"The journal was lost, and with it which commands were done: none is taken for {CommandMemory.LostFor.TotalMinutes:0.#} minutes.",
        Priority: EventPriority.Alarm));

    static Dictionary<string, string> Version(long version) => new() { ["version"] = version.ToString(CultureInfo.InvariantCulture) };

    /// <summary>What is refused: an alarm for each reason, the first at once, all others of a minute together.</summary>
    public void TellRefused(string kind, string code, string? remedy, string? door = null, IReadOnlyDictionary<string, string>? more = null)
    {
        int times;
        var reason = (kind, code);
        lock (_turn)
        {
            var known = _told.TryGetValue(reason, out var last);
            times = known ? last.Untold + 1 : 1;
            if (known && time.GetElapsedTime(last.At) < Between)
            {
                _told[reason] = last with { Untold = times };
                return;
            }

            _told[reason] = (time.GetTimestamp(), 0);
        }

        append(new AccessEvent(kind, time.GetUtcNow(), door, Reason: code, Value: times, Remedy: remedy, Priority: EventPriority.Alarm, More: more));
    }
}

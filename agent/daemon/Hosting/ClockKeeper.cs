using System.Globalization;
using System.Text;
using EdgeFace.Documents;
using EdgeFace.Journal;

namespace EdgeFace.Hosting;

/// <summary>The clock's trust with a memory: the floor is kept in the journal, so a restart is no way around it.</summary>
sealed class ClockKeeper
{
    const string FloorState = "clock.floor";

    /// <summary>What is remembered is written: once a second would wear an idle device's flash out. A crash loses so much at most.</summary>
    static readonly TimeSpan KeptEvery = TimeSpan.FromMinutes(1);

    readonly ClockTrust _trust;
    readonly EventJournal _journal;
    readonly TimeProvider _time;
    DateTimeOffset _kept;

    ClockKeeper(ClockTrust trust, EventJournal journal, TimeProvider time) => (_trust, _journal, _time) = (trust, journal, time);

    public bool IsTrusted => _trust.IsTrusted;

    /// <summary>What is wrong; <see cref="ClockFault.None"/> when nothing is.</summary>
    public ClockFault Fault => _trust.Fault;

    public static ClockKeeper Open(ClockOptions options, EventJournal journal, TimeProvider time)
    {
        var floor = Read(journal.Recall(FloorState)) ?? DateTimeOffset.UnixEpoch.AddYears(56);
        var keeper = new ClockKeeper(new ClockTrust(options, time, KernelClock.IsDisciplined, floor), journal, time);
        keeper._trust.Look();
        return keeper;
    }

    /// <summary>To be called every second. What there is to report, when trust was lost or came back.</summary>
    public AccessEvent? Look()
    {
        var changed = _trust.Look();
        if (IsTrusted && _trust.Floor - _kept >= KeptEvery) Keep();
        return changed ? Event() : null;
    }

    /// <summary>An operator says that the present time is right.</summary>
    public void Vouch()
    {
        _trust.Vouch();
        Keep();
    }

    /// <summary>The floor as it is now goes into the journal; to be called once more at the end.</summary>
    public void Keep()
    {
        _kept = _trust.Floor;
        _journal.Remember(FloorState, Encoding.ASCII.GetBytes(_kept.ToString("O", CultureInfo.InvariantCulture)));
    }

    /// <summary>What is wrong with the clock, for the journal and for the one who looks.</summary>
    public AccessEvent Event() => IsTrusted
        ? new AccessEvent("clock.trusted", _time.GetUtcNow())
        : new AccessEvent(
            "clock.untrusted", _time.GetUtcNow(), Reason: Words.Kebab(_trust.Fault), Value: _trust.Off.TotalSeconds,
            Remedy: "schedules and validity deny until the clock is right: set it, let a time server do so, or vouch for it with edgeface clock trust",
            Priority: EventPriority.Alarm);

    static DateTimeOffset? Read(byte[]? kept) => kept is not null && DateTimeOffset.TryParseExact(
        Encoding.ASCII.GetString(kept), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var floor) ? floor : null;
}

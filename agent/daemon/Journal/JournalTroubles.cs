using System.Globalization;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>What is wrong with the disk, since when, and what the journal says of it once it can.</summary>
sealed class JournalTroubles(DiskReserve reserve, StateFolder folder, TimeProvider time)
{
    /// <summary>SQLITE_FULL, SQLITE_IOERR and its SHMSIZE (sqlite.org/rescode.html), and ENOSPC as .NET passes it on.</summary>
    const int Full = 13;
    const int ShmSize = 4874;
    const int NoSpace = 28;

    readonly List<AccessEvent> _tell = [];
    int _told;

    /// <summary>Null when all is well.</summary>
    public JournalFault? Fault { get; private set; }

    public void Start() => reserve.TryTake();

    /// <returns>True when it is worth trying again at once: there is room again, from the reserve.</returns>
    public bool Take(Exception fault)
    {
        var isNew = Fault is null;
        var full = IsFull(fault);
        var freed = full && reserve.LetGo();
        var kind = freed ? JournalFaultKind.OnReserve : full ? JournalFaultKind.DiskFull : JournalFaultKind.Unwritable;
        var message = full
            ? $"The disk under {folder} is full. Free some space: events are {(freed ? "written into the last room" : "counted as lost")}."
            : $"The journal cannot be written: {fault.Message}";
        Fault = new JournalFault(kind, message, Fault?.Since ?? time.GetUtcNow());
        if (isNew)
        {
            Add(full ? "journal.disk-full" : "journal.unwritable", EventPriority.Alarm, null, full
                ? $"Free some space on the disk of {folder}." : fault.Message);
        }

        return freed;
    }

    /// <summary>What is to be written first, now that something can be: what was wrong, and how much is lost.</summary>
    public IReadOnlyList<AccessEvent> Tell(long lost)
    {
        _told = _tell.Count;
        return lost == 0 ? [.. _tell] :
        [
            .. _tell,
            new AccessEvent("journal.gap", time.GetUtcNow(), Value: lost, Priority: EventPriority.Alarm,
                Remedy: string.Create(CultureInfo.InvariantCulture,
                    $"{lost} events came while the journal had no room for them: they are lost. The doors worked.")),
        ];
    }

    /// <summary>It is written.</summary>
    public void Told()
    {
        _tell.RemoveRange(0, _told);
        _told = 0;
        if (Fault is { Kind: JournalFaultKind.Unwritable }) Recovered();
        else if (Fault is { Kind: JournalFaultKind.DiskFull }) Fault = Fault with { Kind = JournalFaultKind.OnReserve };
    }

    /// <summary>A full disk is over when there is room enough to keep some back again.</summary>
    public void TryRecover()
    {
        if (reserve.TryTake() && Fault is { Kind: JournalFaultKind.OnReserve }) Recovered();
    }

    void Recovered()
    {
        if (Fault is not { } fault) return;

        Fault = null;
        Add("journal.recovered", EventPriority.Alarm, (time.GetUtcNow() - fault.Since).TotalSeconds, null);
    }

    void Add(string kind, EventPriority priority, double? value, string? remedy) =>
        _tell.Add(new AccessEvent(kind, time.GetUtcNow(), Value: value, Priority: priority, Remedy: remedy));

    static bool IsFull(Exception fault) => fault switch
    {
        SqliteException e => e.SqliteErrorCode == Full || e.SqliteExtendedErrorCode == ShmSize,
        StorageException e => e.Fault is StorageFault.DiskFull || (e.InnerException is { } inner && IsFull(inner)),
        IOException e => e.HResult == NoSpace,
        _ => false,
    };
}

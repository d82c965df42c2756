using System.Globalization;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// What is wrong with the disk, since when, and what the journal says of it once it can; and what was too large to be
/// remembered, which comes from whatever thread.
/// </summary>
sealed class JournalTroubles(DiskReserve reserve, StateFolder folder, TimeProvider time)
{
    /// <summary>SQLITE_FULL, SQLITE_IOERR and its SHMSIZE (sqlite.org/rescode.html), and ENOSPC as .NET passes it on.</summary>
    const int Full = 13;
    const int ShmSize = 4874;
    const int NoSpace = 28;

    readonly List<AccessEvent> _tell = [];
    readonly Lock _states = new();
    readonly Dictionary<string, JournalFault> _tooLarge = new(StringComparer.Ordinal);
    JournalFault? _disk;
    long _statesRefused;
    int _told;

    /// <summary>Null when all is well.</summary>
    public JournalFault? Fault
    {
        get
        {
            lock (_states) return _disk ?? _tooLarge.Values.MinBy(fault => fault.Since);
        }
    }

    public long StatesRefused => Interlocked.Read(ref _statesRefused);

    /// <returns>What is to be told; null while it is known already.</returns>
    public AccessEvent? Refuse(string key, int bytes)
    {
        Interlocked.Increment(ref _statesRefused);
        var message = string.Create(CultureInfo.InvariantCulture,
            $"What is to be remembered as '{key}' has {bytes} bytes, and at most {JournalStates.BytesMax} are kept: what fitted last stands. ")
            + "After a restart the device knows no more than that: report it.";
        lock (_states)
        {
            if (!_tooLarge.TryAdd(key, new JournalFault(JournalFaultKind.StateTooLarge, message, time.GetUtcNow()))) return null;
        }

        return new AccessEvent("journal.state-too-large", time.GetUtcNow(), Reason: key, Value: bytes,
            Limit: JournalStates.BytesMax, Remedy: message, Priority: EventPriority.Alarm);
    }

    public void Fits(string key)
    {
        lock (_states) _tooLarge.Remove(key);
    }

    public void Start() => reserve.TryTake();

    /// <returns>True when it is worth trying again at once: there is room again, from the reserve.</returns>
    public bool Take(Exception fault)
    {
        var isNew = _disk is null;
        var full = IsFull(fault);
        var freed = full && reserve.LetGo();
        var kind = freed ? JournalFaultKind.OnReserve : full ? JournalFaultKind.DiskFull : JournalFaultKind.Unwritable;
        var message = full
            ? $"The disk under {folder} is full. Free some space: events are {(freed ? "written into the last room" : "counted as lost")}."
            : $"The journal cannot be written: {fault.Message}";
        _disk = new JournalFault(kind, message, _disk?.Since ?? time.GetUtcNow());
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
        if (_disk is { Kind: JournalFaultKind.Unwritable }) Recovered();
        else if (_disk is { Kind: JournalFaultKind.DiskFull }) _disk = _disk with { Kind = JournalFaultKind.OnReserve };
    }

    /// <summary>A full disk is over when there is room enough to keep some back again.</summary>
    public void TryRecover()
    {
        if (reserve.TryTake() && _disk is { Kind: JournalFaultKind.OnReserve }) Recovered();
    }

    void Recovered()
    {
        if (_disk is not { } fault) return;

        _disk = null;
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

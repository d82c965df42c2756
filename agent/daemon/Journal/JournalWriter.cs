using System.Diagnostics;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// The one thread that writes. It gathers what came within the window into one transaction, tries again with growing
/// pauses when the disk refuses, and opens the file anew after every fault: what a failed sync left in memory is not taken
/// for written. The pauses are the disk's and are kept in real time: a test's clock that stands still holds no commit.
/// </summary>
sealed class JournalWriter : IDisposable
{
    public const int BatchMax = 1_000;

    /// <summary>Commits and events between two checkpoints: some 4 MB of log.</summary>
    const int CommitsMax = 128;
    const int EventsMax = 8_000;

    const int Corrupt = 11;
    const int NotADatabase = 26;

    static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    readonly JournalOpening _opening;
    readonly JournalOptions _options;
    readonly TimeProvider _time;
    readonly JournalQueue _queue;
    readonly JournalTroubles _troubles;
    readonly Thread _thread;
    readonly List<QueuedEvent> _batch = [];
    readonly List<AccessEvent> _tell = [];
    readonly ManualResetEventSlim _closing = new();
    JournalKey? _key;
    JournalFile? _file;
    IReadOnlyDictionary<string, byte[]>? _known; // the states of the file that was open last
    Attempt? _attempt;
    Attempt? _doubtful;
    ChainTail? _doubtfulTail;
    string? _damage;
    TimeSpan _pause;
    long _lastCommit = Stopwatch.GetTimestamp();
    long _lastHead;
    long _lastCare;
    int _commits;
    int _events;

    public JournalWriter(
        JournalOpening opening, JournalOptions options, TimeProvider time, JournalQueue queue, JournalTroubles troubles,
        bool clockTrusted)
    {
        (_opening, _options, _time, _queue, _troubles) = (opening, options, time, queue, troubles);
        Sweep = new JournalSweep(options, time);
        ClockTrusted = clockTrusted;
        _lastHead = time.GetTimestamp();
        try
        {
            Reopen();
            _troubles.Start();
        }
        catch (Exception e) when (IsOfTheDisk(e) && e is not StorageException { Fault: StorageFault.NewerSchema })
        {
            Failed(e); // the thread tries again; the door does not wait
        }

        MemoryLost = _known is null || JournalStates.IsMemoryLost(_known);

        _thread = new Thread(Run) { Name = "journal", IsBackground = true };
    }

    public JournalSweep Sweep { get; }

    public bool ClockTrusted
    {
        get;
        set
        {
            if (value && !field) Sweep.Trust();
            field = value;
        }
    }

    public long Written { get; private set; }

    public long OutboxDepth { get; private set; }

    public JournalName? Name => _file?.Name;

    public Action? Appended { get; set; }

    /// <summary>Of the start: it stays as it was then.</summary>
    public bool MemoryLost { get; }

    public byte[]? State(string key) => (_file?.States ?? _known)?.GetValueOrDefault(key);

    public void Start() => _thread.Start();

    /// <summary>Ends when the queue is closed and empty, or the disk refuses once more after that.</summary>
    void Run()
    {
        while (Gather())
        {
            if (!TryCommit() && _closing.IsSet) break;
        }

        var whole = _pause == TimeSpan.Zero && TryCommit(); // what the journal has still to tell
        foreach (var item in _batch) Drop(item);
        while (_queue.TryTake(out var item, TimeSpan.Zero))
            if (item is not null) Drop(item);
        CloseFile(signOff: whole);
    }

    void Drop(QueuedEvent item)
    {
        if (item.What is not null) _queue.CountLost(1);
        item.Refused();
    }

    /// <summary>Fills the batch; false when there will be no more.</summary>
    bool Gather()
    {
        if (_pause > TimeSpan.Zero)
        {
            _closing.Wait(_pause);
        }
        else if (_batch.Count == 0)
        {
            if (!_queue.TryTake(out var first, Tick)) return !_queue.IsClosed || !_queue.IsEmpty;
            if (first is not null) _batch.Add(first);
        }

        // A lone event goes at once; the next ones wait for the window, and so for each other.
        var window = TimeSpan.FromMilliseconds(_options.CommitWindowMs);
        while (_batch.Count < BatchMax)
        {
            var left = window - Stopwatch.GetElapsedTime(_lastCommit);
            var wait = left > TimeSpan.Zero && _pause == TimeSpan.Zero && !_queue.IsClosed ? left : TimeSpan.Zero;
            if (!_queue.TryTake(out var item, wait)) break;
            if (item is not null) _batch.Add(item);
        }

        return true;
    }

    bool TryCommit()
    {
        var states = _queue.TakeStates();
        try
        {
            var file = _file ??= Reopen();
            if (!_opening.IsThere) throw new FileNotFoundException("the journal's file was taken away.");
            Settle(file);
            Commit(file, states);
            Care(file);
            _pause = TimeSpan.Zero;
            return true;
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            _queue.PutBack(states);
            Failed(e);
            return false;
        }
    }

    /// <summary>
    /// After a fault: whether the last transaction had come about all the same, which only the file can say. What came after
    /// it, states and what the journal has to tell among it, is the next one's.
    /// </summary>
    void Settle(JournalFile file)
    {
        var (doubtful, tail) = (_doubtful, _doubtfulTail);
        (_doubtful, _doubtfulTail) = (null, null);
        if (doubtful is null || tail is not { } end || end.Seq != doubtful.First + doubtful.Count - 1) return;
        if (!end.Hash.AsSpan().SequenceEqual(file.Tail.Hash)) return;

        Finish(file, doubtful, end.Boot);
    }

    void Commit(JournalFile file, Dictionary<string, byte[]> states)
    {
        var untold = _queue.Untold;
        var sweep = Sweep.Next(file, ClockTrusted);
        List<(AccessEvent What, byte[]? Picture)> events = [];
        foreach (var what in _tell.Concat(_troubles.Tell(untold))) events.Add((what, null));
        if (sweep is { } leaving) events.Add((leaving.Tell, null));
        var own = events.Count;
        foreach (var item in _batch)
            if (item.What is not null) events.Add((item.What, _options.Snapshots ? item.Picture : null));
        var receipts = _batch.SelectMany(item => item.Confirmed).ToArray();
        var headDue = file.Tail.Seq > file.Tail.HeadSeq
            && _time.GetElapsedTime(_lastHead) >= TimeSpan.FromSeconds(_options.HeadSecondsMax);
        if (events.Count + receipts.Length + states.Count == 0 && !headDue) return;

        var attempt = new Attempt(file.Tail.Seq + 1, events.Count, own, _batch.Count, _tell.Count, untold);
        if (events.Count > 0) _attempt = attempt;
        var heads = file.Tail.HeadNumber;
        file.Write(new JournalBatch(events, states, receipts, sweep?.UpTo ?? 0, headDue), _time.GetUtcNow());
        _lastCommit = Stopwatch.GetTimestamp();
        (_commits, _events) = (_commits + 1, _events + events.Count);
        if (file.Tail.HeadNumber != heads) _lastHead = _time.GetTimestamp();
        Finish(file, attempt, file.Boot);
        // Whoever waited has his answer. The disk sees the mark outside at each head, and whenever nobody waits.
        file.Publish(flush: file.Tail.HeadNumber != heads || _queue.IsEmpty);
    }

    void Finish(JournalFile file, Attempt done, long boot)
    {
        _attempt = null;
        _queue.Told(done.Untold);
        _tell.RemoveRange(0, done.Told);
        _troubles.Told();
        OutboxDepth = file.OutboxDepth;
        var seq = done.First + done.Own;
        foreach (var item in _batch.Take(done.Items))
            item.Written(item.What is null ? null : new EventId(file.Name.Device, boot, seq++));
        Written += seq - done.First;
        _batch.RemoveRange(0, done.Items);
        if (done.Count > 0) Appended?.Invoke();
    }

    /// <summary>What need not be done before anybody has his answer.</summary>
    void Care(JournalFile file)
    {
        _queue.RefuseFrom = Sweep.RefuseFrom(file);
        if (_commits >= CommitsMax || _events >= EventsMax)
        {
            file.Checkpoint(whole: false);
            (_commits, _events) = (0, 0);
        }

        if (Stopwatch.GetElapsedTime(_lastCare) < Tick) return;

        _lastCare = Stopwatch.GetTimestamp();
        _troubles.TryRecover();
        if (file.DropSnapshots(_time.GetUtcNow(), _options.SnapshotsMax) > 0) file.Checkpoint(whole: true);
    }

    JournalFile Reopen()
    {
        var opened = _damage is { } damage && _key is not null
            ? _opening.Replace(_key, "damaged", damage, _known) : _opening.Open(_key, _known);
        _damage = null;
        (_key, _known, _file) = (opened.Key, opened.File.States, opened.File);
        _tell.AddRange(opened.Tell);
        OutboxDepth = opened.File.OutboxDepth;
        return opened.File;
    }

    void Failed(Exception fault)
    {
        if (_attempt is not null) (_doubtful, _doubtfulTail, _attempt) = (_attempt, _file?.Attempted, null);
        if (fault is SqliteException { SqliteErrorCode: Corrupt or NotADatabase }) _damage = fault.Message;
        var again = _troubles.Take(fault);
        _known = _file?.States ?? _known;
        CloseFile(signOff: false);
        _pause = again ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Clamp(_pause.Ticks * 2, PauseMin.Ticks, PauseMax.Ticks));
    }

    void CloseFile(bool signOff)
    {
        try
        {
            if (signOff && _file is not null) SignOff(_file);
            _file?.Dispose();
        }
        catch (Exception e) when (IsOfTheDisk(e))
        {
            _troubles.Take(e); // what was committed stays
        }

        _file = null;
    }

    /// <summary>A clean shutdown ends with a signed head.</summary>
    void SignOff(JournalFile file)
    {
        file.Write(new JournalBatch([], _queue.TakeStates(), [], SignHead: true), _time.GetUtcNow());
        file.Publish(flush: true);
        file.Checkpoint(whole: true);
    }

    static bool IsOfTheDisk(Exception fault) =>
        fault is SqliteException or StorageException or IOException or UnauthorizedAccessException;

    public void Dispose()
    {
        _queue.Close();
        _closing.Set();
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted)) CloseFile(signOff: false);
        else _thread.Join();
        _key?.Dispose();
        _closing.Dispose();
    }

    /// <summary>
    /// A transaction on its way: its first number, its events, how many of them the journal's own, how much of the batch and
    /// of what is to be told.
    /// </summary>
    sealed record Attempt(long First, int Count, int Own, int Items, int Told, long Untold);
}

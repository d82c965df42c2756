using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// The journal's database, open for writing, used by one thread. WAL with synchronous=FULL: what was committed outlives a
/// power cut. Every transaction ends with a mark under the device's signature, so no row may be added behind its back.
/// </summary>
sealed class JournalFile : IDisposable
{
    readonly SqliteConnection _connection;
    readonly JournalStatements _statements;
    readonly JournalKey _key;
    readonly HeadFile _heads;
    readonly int _headEventsMax;
    readonly SnapshotCells? _snapshots;
    SortedDictionary<string, byte[]> _states;
    byte[] _statesHash;
    OutboxSum _outbox;
    SignedPoint? _mark;

    public JournalFile(
        SqliteConnection connection, JournalKey key, HeadFile heads, JournalContent content, int headEventsMax,
        SnapshotCells? snapshots)
    {
        (_connection, _key, _heads, _headEventsMax, _snapshots) = (connection, key, heads, headEventsMax, snapshots);
        _statements = new JournalStatements(connection);
        _states = content.States;
        _statesHash = JournalStates.Hash(_states);
        (Name, Base, Tail, Boot) = (content.Name, content.Base, content.Tail, JournalStates.BootOf(_states));
        _outbox = OutboxSum.Of(_states) ?? OutboxSum.Over(JournalRows.Outbox(connection));
        BlockBytes = connection.Scalar<long>("PRAGMA page_size");
        Attempted = Tail;
    }

    public JournalName Name { get; }

    public long Boot { get; private set; }

    public ChainTail Tail { get; private set; }

    /// <summary>What the last transaction was to end with, whether it came about or not.</summary>
    public ChainTail Attempted { get; private set; }

    public SignedPoint Base { get; private set; }

    public long OutboxDepth => _outbox.Count;

    public long Count => Tail.Seq - Base.Seq;

    long BlockBytes { get; }

    /// <summary>As the last transaction left them; never changed in place.</summary>
    public IReadOnlyDictionary<string, byte[]> States => _states;

    /// <summary>The bytes in use: what was pruned and can be written again is not counted.</summary>
    public long UsedBytes() => BlockBytes
        * (_connection.Scalar<long>("PRAGMA page_count") - _connection.Scalar<long>("PRAGMA freelist_count"));

    /// <summary>One more boot, durable at once: no two openings share one.</summary>
    public void BeginBoot(long boot, DateTimeOffset now)
    {
        Boot = boot;
        var states = new Dictionary<string, byte[]>
        {
            [JournalStates.Boot] = JournalStates.OfBoot(boot),
            [JournalStates.Headed] = [1],
        };
        Write(new JournalBatch([], states, []), now);
        Publish(flush: true);
    }

    /// <summary>Durable when it returns; on any exception nothing of it is, unless <see cref="Attempted"/> says so later.</summary>
    /// <returns>The number of the first event.</returns>
    public long Write(JournalBatch batch, DateTimeOffset now)
    {
        var at = EventRow.Microseconds(now);
        using var transaction = _connection.BeginTransaction(deferred: false);
        var outbox = _outbox.Copy();
        var floor = batch.PruneTo > Base.Seq ? Prune(batch.PruneTo, at, outbox) : Base;
        var first = Tail.Seq + 1;
        var tail = Insert(batch.Events, at, outbox, transaction);
        if (batch.SignHead && tail.Seq > tail.HeadSeq) tail = PutHead(tail, at);
        foreach (var range in batch.Confirmed) _statements.Confirm(range, outbox);
        var (states, hash) = PutStates(batch.States, outbox.ToState(Boot));
        // The mark names this boot also before its first event: head file and database never fall behind it.
        var mark = Point(PointKind.Mark, tail with { Boot = Boot }, at, hash);
        _statements.Put(mark);
        Attempted = tail;
        transaction.Commit();

        (Base, Tail, _states, _statesHash, _outbox, _mark) = (floor, tail, states, hash, outbox, mark);
        return first;
    }

    /// <summary>
    /// Where rows of the outbox were taken away or put in behind the journal's back, every event that stands in it is sent
    /// again, since which ones were waiting nobody knows any more. Only the number of rows is looked at: a start must not take
    /// longer the more is waiting. The verifier looks at each.
    /// </summary>
    /// <returns>How many there were to be, and how many were there; null when it is in order.</returns>
    public (long Expected, long Found)? RestoreOutbox()
    {
        var found = _connection.Scalar<long>("SELECT count(*) FROM outbox");
        if (found == OutboxDepth) return null;

        var expected = OutboxDepth;
        // By itself: should the power fail before the next transaction signs it, the next start does it once more.
        _connection.Execute("DELETE FROM outbox; INSERT INTO outbox (priority, seq) SELECT priority, seq FROM event");
        _outbox = OutboxSum.Over(JournalRows.Outbox(_connection));
        return (expected, found);
    }

    /// <summary>The mark of the last transaction goes outside the database.</summary>
    public void Publish(bool flush)
    {
        if (_mark is not null) _heads.Write(_mark, Name, flush);
    }

    /// <summary>Brings the log into the database; false when a reader holds it up.</summary>
    public bool Checkpoint(bool whole) => _connection.Scalar<long>(whole
        ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(PASSIVE)") == 0;

    /// <summary>The last of the oldest events that are older than a time, at most so many; 0 when there is none.</summary>
    public long OlderThan(DateTimeOffset time, int countMax) => Math.Min(Tail.Seq - 1, _connection.Scalar<long>(
        """
        SELECT coalesce(min(CASE WHEN at >= $time THEN seq END) - 1, max(seq), 0)
        FROM (SELECT seq, at FROM event ORDER BY seq LIMIT $count)
        """, ("$time", EventRow.Microseconds(time)), ("$count", countMax + 1)));

    public DateTimeOffset? Oldest() =>
        _connection.Scalar<object>("SELECT at FROM event ORDER BY seq LIMIT 1") is long at ? at.ToTime() : null;

    /// <summary>The first event that nobody has confirmed; null when there is none.</summary>
    public long? FirstUnsent() => _connection.Scalar<object>(
        """
        SELECT min(seq) FROM (
            SELECT (SELECT min(seq) FROM outbox WHERE priority = 0) AS seq
            UNION ALL SELECT (SELECT min(seq) FROM outbox WHERE priority = 1)
            UNION ALL SELECT (SELECT min(seq) FROM outbox WHERE priority = 2))
        """) as long?;

    public long UnsentUpTo(long seq) => _connection.Scalar<long>(
        "SELECT count(*) FROM outbox WHERE priority IN (0, 1, 2) AND seq <= $seq", ("$seq", seq));

    public int DropSnapshots(DateTimeOffset now, int keep) => SnapshotCells.Sweep(_connection, now, keep);

    ChainTail Insert(
        IReadOnlyList<(AccessEvent What, byte[]? Picture)> events, long at, OutboxSum outbox, SqliteTransaction transaction)
    {
        var tail = Tail;
        foreach (var (what, picture) in events)
        {
            var row = EventRow.Of(what, Boot, tail.Seq + 1);
            var hash = row.HashAfter(tail.Hash);
            _statements.Insert(row, hash, transaction);
            outbox.Add(row.Priority, row.Seq);
            if (picture is not null) _snapshots?.Put(_connection, new EventId(Name.Device, row.Boot, row.Seq), at, picture);
            tail = tail with { Boot = row.Boot, Seq = row.Seq, Hash = hash };
            if (tail.Seq - tail.HeadSeq >= _headEventsMax) tail = PutHead(tail, at);
        }

        return tail;
    }

    ChainTail PutHead(ChainTail tail, long at)
    {
        tail = tail with { HeadNumber = tail.HeadNumber + 1, HeadSeq = tail.Seq };
        _statements.Put(Point(PointKind.Head, tail, at, SignedPoint.NoStates));
        return tail;
    }

    (SortedDictionary<string, byte[]> States, byte[] Hash) PutStates(IReadOnlyDictionary<string, byte[]> changed, byte[] outbox)
    {
        var moved = !outbox.AsSpan().SequenceEqual(_states.GetValueOrDefault(JournalStates.Outbox, []));
        if (changed.Count == 0 && !moved) return (_states, _statesHash);

        var states = new SortedDictionary<string, byte[]>(_states, StringComparer.Ordinal);
        foreach (var (key, value) in moved ? changed.Append(new(JournalStates.Outbox, outbox)) : changed)
        {
            _statements.Put(key, value);
            states[key] = value;
        }

        return (states, JournalStates.Hash(states));
    }

    /// <summary>What stands before goes; the signature under the last of it takes its place.</summary>
    SignedPoint Prune(long upTo, long at, OutboxSum outbox)
    {
        using var command = _connection.Command("SELECT boot, hash FROM event WHERE seq = $seq", ("$seq", upTo));
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return Base;
        var (boot, hash) = (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
        reader.Close();

        var number = _connection.Scalar<object>(
            "SELECT max(number) FROM point WHERE kind = 1 AND seq <= $seq", ("$seq", upTo)) as long? ?? Base.Number;
        var point = SignedPoint.Sign(_key, Name, PointKind.Base, number, boot, upTo, at, hash, SignedPoint.NoStates);
        _statements.Confirm(new OutboxRange(0, upTo), outbox);
        _connection.Execute("DELETE FROM event WHERE seq <= $seq", ("$seq", upTo));
        _connection.Execute("DELETE FROM point WHERE kind = 1 AND number <= $number", ("$number", number));
        _connection.Execute("DELETE FROM snapshot WHERE seq <= $seq", ("$seq", upTo));
        _statements.Put(point);
        return point;
    }

    SignedPoint Point(PointKind kind, ChainTail tail, long at, byte[] states) =>
        SignedPoint.Sign(_key, Name, kind, tail.HeadNumber, tail.Boot, tail.Seq, at, tail.Hash, states);

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
        _heads.Dispose();
        _snapshots?.Dispose();
    }

    public override string ToString() => $"Journal {_connection.DataSource}";
}

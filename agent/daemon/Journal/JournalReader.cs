using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// Reads a journal beside whoever writes it, in pieces of a transaction each: a long one would keep the log growing. Each
/// piece is a connection of its own, so a journal that was replaced meanwhile is simply the next one that is read.
/// </summary>
sealed class JournalReader(string file)
{
    const int Piece = 1_000;
    static readonly TimeSpan LockWait = TimeSpan.FromSeconds(5);

    /// <summary>In the order of their numbers. A row that is damaged ends it: verify says which.</summary>
    /// <exception cref="StorageException">The journal cannot be read.</exception>
    public IEnumerable<JournalEntry> Events(EventQuery query)
    {
        var after = query.Last > 0 ? Math.Max(query.After, BeforeLast(query)) : query.After;
        while (true)
        {
            var piece = Act(connection => Next(connection, query with { After = after }));
            foreach (var entry in piece) yield return entry;
            if (piece.Count < Piece) yield break;
            after = piece[^1].Id.Seq;
        }
    }

    /// <summary>What nobody has confirmed: alarms first, then access events, then telemetry, each in their order.</summary>
    public IReadOnlyList<JournalEntry> Pending(int countMax) => Act(connection =>
    {
        using var command = connection.Command(
            $"""
            SELECT {JournalRows.EventColumns} FROM event
            JOIN (SELECT priority AS rank, seq AS number FROM outbox ORDER BY priority, seq LIMIT $count) ON seq = number
            ORDER BY rank, number
            """, ("$count", countMax));
        return Entries(connection, command);
    });

    /// <summary>Of those of one priority, the ones with a higher number only: the next page, however long the outbox is.</summary>
    public IReadOnlyList<JournalEntry> Pending(EventPriority priority, long after, int countMax) => Act(connection =>
    {
        using var command = connection.Command(
            $"""
            SELECT {JournalRows.EventColumns} FROM event
            JOIN (SELECT seq AS number FROM outbox WHERE priority = $rank AND seq > $after ORDER BY seq LIMIT $count) ON seq = number
            ORDER BY number
            """, ("$rank", (long)priority), ("$after", after), ("$count", countMax));
        return Entries(connection, command);
    });

    /// <summary>What the journal still holds of a range, sent or not, in the order of the numbers.</summary>
    /// <param name="boot">Null: of any.</param>
    /// <param name="from">The first number, itself included.</param>
    /// <param name="to">The last one, itself included.</param>
    /// <param name="countMax">At most so many, from the first on.</param>
    public IReadOnlyList<JournalEntry> Range(long? boot, long from, long to, int countMax) => Act(connection =>
    {
        using var command = connection.Command(
            $"""
            SELECT {JournalRows.EventColumns} FROM event
            WHERE seq BETWEEN $from AND $to AND ($boot IS NULL OR boot = $boot) ORDER BY seq LIMIT $count
            """, ("$boot", boot as object ?? DBNull.Value), ("$from", from), ("$to", to), ("$count", countMax));
        return Entries(connection, command);
    });

    /// <summary>The picture of an event; null when there is none.</summary>
    public byte[]? Snapshot(EventId id, SealingKey key, DateTimeOffset now) =>
        Act(connection => SnapshotCells.Read(connection, id, key, now));

    /// <summary>Whose events they are; null: it is not known.</summary>
    public string? Device() => Act(connection => JournalStates.NameOf(JournalRows.States(connection))?.Device);

    /// <summary>The last head that was signed for good; null before the first.</summary>
    public SignedPoint? LastHead() =>
        Act(connection => JournalRows.Points(connection, PointKind.Head, "number DESC LIMIT 1").FirstOrDefault());

    /// <summary>The number of the last event; 0 when there is none.</summary>
    public long LastSeq() => Act(connection => connection.Scalar<long>("SELECT coalesce(max(seq), 0) FROM event"));

    static List<JournalEntry> Next(SqliteConnection connection, EventQuery query)
    {
        using var command = connection.Command(
            $"SELECT {JournalRows.EventColumns} FROM event WHERE seq > $after AND {Wanted} ORDER BY seq LIMIT {Piece}",
            Values(query));
        return Entries(connection, command);
    }

    const string Wanted = "at >= $since AND ($door IS NULL OR door = $door)";

    static (string, object)[] Values(EventQuery query) =>
    [
        ("$after", query.After), ("$since", query.Since is { } since ? EventRow.Microseconds(since) : long.MinValue),
        ("$door", query.Door as object ?? DBNull.Value), ("$last", query.Last),
    ];

    long BeforeLast(EventQuery query) => Act(connection => connection.Scalar<long>(
        $"""
        SELECT coalesce(min(seq) - 1, 0) FROM (
            SELECT seq FROM event WHERE seq > $after AND {Wanted} ORDER BY seq DESC LIMIT $last)
        """, Values(query)));

    static List<JournalEntry> Entries(SqliteConnection connection, SqliteCommand command)
    {
        var device = JournalStates.NameOf(JournalRows.States(connection))?.Device ?? "";
        using var reader = command.ExecuteReader();
        var entries = new List<JournalEntry>();
        while (reader.Read())
        {
            if (JournalRows.ReadEvent(reader) is not var (row, _))
            {
                throw SqliteFaults.Damaged(
                    connection.DataSource, "an event has cells of the wrong kind.", remedy: JournalSchema.Remedy);
            }

            entries.Add(new JournalEntry(new EventId(device, row.Boot, row.Seq), row.ToEvent()));
        }

        return entries;
    }

    T Act<T>(Func<SqliteConnection, T> act)
    {
        try
        {
            using var connection = JournalConnection.OpenReadOnly(file, LockWait);
            using var transaction = connection.BeginTransaction(deferred: true);
            return act(connection);
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Explain(e, file, LockWait, JournalSchema.Remedy);
        }
    }
}

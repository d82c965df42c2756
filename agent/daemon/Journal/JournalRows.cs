using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>Rows of the journal as they are read: a cell of a kind that it cannot have is damage, not a crash.</summary>
static class JournalRows
{
    public const string EventColumns =
        "seq, boot, at, priority, kind, door, camera, subject, reason, value, bound, remedy, more, hash";

    const string PointColumns = "kind, number, boot, seq, at, hash, states, signature";

    /// <summary>Null when a cell is of another kind than its column.</summary>
    public static (EventRow Row, byte[] Hash)? ReadEvent(SqliteDataReader reader)
    {
        if (!(Number(reader, 0, out var seq) & Number(reader, 1, out var boot) & Number(reader, 2, out var at)
            & Number(reader, 3, out var priority) & Cell<string>(reader, 4, out var kind) & Cell<string>(reader, 5, out var door)
            & Cell<string>(reader, 6, out var camera) & Cell<byte[]>(reader, 7, out var subject)
            & Cell<string>(reader, 8, out var reason) & Real(reader, 9, out var value) & Real(reader, 10, out var limit)
            & Cell<string>(reader, 11, out var remedy) & Cell<string>(reader, 12, out var more)
            & Cell<byte[]>(reader, 13, out var hash)) || kind is null || hash is null)
        {
            return null;
        }

        return subject is not null && subject.Length != 16 ? null
            : (new EventRow(boot, seq, at, priority, kind, door, camera, subject, reason, value, limit, remedy, more), hash);
    }

    /// <summary>All points of a kind, by number. A row that is none is left out; what is missing is then found.</summary>
    public static List<SignedPoint> Points(SqliteConnection connection, PointKind kind, string order = "number")
    {
        using var command = connection.Command(
            $"SELECT {PointColumns} FROM point WHERE kind = $kind ORDER BY {order}", ("$kind", (long)kind));
        using var reader = command.ExecuteReader();
        var points = new List<SignedPoint>();
        while (reader.Read())
            if (ReadPoint(reader) is { } point) points.Add(point);
        return points;
    }

    static SignedPoint? ReadPoint(SqliteDataReader reader) =>
        Number(reader, 0, out var kind) & Number(reader, 1, out var number) & Number(reader, 2, out var boot)
        & Number(reader, 3, out var seq) & Number(reader, 4, out var at) & Cell<byte[]>(reader, 5, out var hash)
        & Cell<byte[]>(reader, 6, out var states) & Cell<byte[]>(reader, 7, out var signature)
        && hash is not null && states is not null && signature is not null
            ? new SignedPoint((PointKind)kind, number, boot, seq, at, hash, states, signature) : null;

    public static SortedDictionary<string, byte[]> States(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT key, value FROM state");
        using var reader = command.ExecuteReader();
        var states = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        while (reader.Read())
        {
            if (Cell<string>(reader, 0, out var key) & Cell<byte[]>(reader, 1, out var value)
                && key is not null && value is not null)
            {
                states[key] = value;
            }
        }

        return states;
    }

    /// <summary>Every row of the outbox; one that is none is a row that no event can have.</summary>
    public static IEnumerable<(long Priority, long Seq)> Outbox(SqliteConnection connection)
    {
        using var command = connection.Command("SELECT priority, seq FROM outbox");
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return Number(reader, 0, out var priority) & Number(reader, 1, out var seq) ? (priority, seq) : (-1, -1);
    }

    static bool Number(SqliteDataReader reader, int column, out long number)
    {
        var good = reader.GetValue(column) is long;
        number = good ? reader.GetInt64(column) : 0;
        return good;
    }

    static bool Real(SqliteDataReader reader, int column, out double? number)
    {
        number = reader.GetValue(column) as double?;
        return number is not null || reader.IsDBNull(column);
    }

    static bool Cell<T>(SqliteDataReader reader, int column, out T? content) where T : class
    {
        content = reader.GetValue(column) as T;
        return content is not null || reader.IsDBNull(column);
    }
}

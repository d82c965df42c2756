using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Consumer;

/// <summary>
/// Events of all devices in SQLite, each once, for good: WAL with synchronous=FULL, so that what was committed outlives a power
/// cut. Used by one thread at a time.
/// </summary>
sealed class EventVault : IDisposable
{
    readonly SqliteConnection _connection;
    readonly SqliteCommand _insert;

    /// <param name="file">Made when missing; its folder must be there.</param>
    public EventVault(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;
            CREATE TABLE IF NOT EXISTS event (
                device TEXT NOT NULL, boot INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, priority INTEGER NOT NULL,
                kind TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (device, boot, seq)) STRICT;
            CREATE TABLE IF NOT EXISTS conflict (
                device TEXT NOT NULL, boot INTEGER NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, UNIQUE (device, boot, seq, body)) STRICT;
            CREATE TABLE IF NOT EXISTS gone (
                device TEXT NOT NULL, boot INTEGER, first INTEGER NOT NULL, last INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
            CREATE TABLE IF NOT EXISTS complete (
                device TEXT PRIMARY KEY, boot INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            """);
        _insert = _connection.CreateCommand();
        _insert.CommandText =
            "INSERT INTO event (device, boot, seq, at, priority, kind, body) VALUES ($device, $boot, $seq, $at, $priority, $kind, $body) "
            + "ON CONFLICT (device, boot, seq) DO NOTHING";
        foreach (var name in new[] { "$device", "$boot", "$seq", "$at", "$priority", "$kind", "$body" })
            _insert.Parameters.Add(new SqliteParameter(name, null));
    }

    /// <summary>
    /// All of them or none; durable when it returns. Another event under a number that is taken is kept beside it: two devices share a
    /// name, or one was set back to an older image, and what it says must not be lost for that.
    /// </summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="SqliteException">The disk did not take them: none is kept, and none may be receipted.</exception>
    public int Keep(IReadOnlyList<OutboxEvent> events)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        var added = 0;
        foreach (var what in events)
        {
            var body = Encoding.UTF8.GetString(EventBatch.Json(what));
            ReadOnlySpan<object> cells =
            [
                what.Device, what.Key.Boot, what.Key.Seq, what.At.ToString("O", CultureInfo.InvariantCulture), (long)what.Priority,
                what.Kind, body,
            ];
            for (var i = 0; i < cells.Length; i++) _insert.Parameters[i].Value = cells[i];
            var isNew = _insert.ExecuteNonQuery();
            added += isNew;
            if (isNew == 0) KeepIfOther(what, body, transaction);
            else if (GoneRange.Of(what) is { } gone) Keep(gone, transaction);
        }

        transaction.Commit();
        return added;
    }

    /// <summary>Other events under numbers that were taken, since the start.</summary>
    public long Conflicts { get; private set; }

    public long Count(string device) => Scalar("SELECT count(*) FROM event WHERE device = $device", ("$device", device)) as long? ?? 0;

    /// <summary>
    /// Numbers below the last that are neither here nor known to be gone, at most as many as a request takes. A hole between two
    /// boots has none of its own. A number that is lower in a later boot begins another journal, and is no hole.
    /// </summary>
    public IReadOnlyList<MissedRange> Holes(string device)
    {
        var (holes, complete) = GoneRange.Holes(Complete(device), Present(device, Complete(device)), Gone(device));
        Execute("INSERT INTO complete (device, boot, seq) VALUES ($device, $boot, $seq) "
            + "ON CONFLICT (device) DO UPDATE SET boot = excluded.boot, seq = excluded.seq", ("$device", device), ("$boot", complete.Boot), ("$seq", complete.Seq));
        return holes;
    }

    /// <summary>Numbers that the device said to be gone, each with the word that it used.</summary>
    public IReadOnlyList<GoneRange> Gone(string device)
    {
        using var command = Command("SELECT boot, first, last, why FROM gone WHERE device = $device ORDER BY first", ("$device", device));
        using var reader = command.ExecuteReader();
        List<GoneRange> gone = [];
        while (reader.Read())
            gone.Add(new GoneRange(device, reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3)));
        return gone;
    }

    /// <summary>The JSON of the newest events, the newest first.</summary>
    public IReadOnlyList<JsonElement> Newest(int countMax)
    {
        using var command = Command("SELECT body FROM event ORDER BY rowid DESC LIMIT $count", ("$count", (long)countMax));
        using var reader = command.ExecuteReader();
        List<JsonElement> bodies = [];
        while (reader.Read()) bodies.Add(JsonElement.Parse(reader.GetString(0)));
        return bodies;
    }

    IEnumerable<EventKey> Present(string device, EventKey start)
    {
        using var command = Command(
            "SELECT boot, seq FROM event WHERE device = $device AND (boot, seq) > ($boot, $seq) ORDER BY boot, seq",
            ("$device", device), ("$boot", start.Boot), ("$seq", start.Seq));
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return new EventKey(reader.GetInt64(0), reader.GetInt64(1));
    }

    EventKey Complete(string device)
    {
        using var command = Command("SELECT boot, seq FROM complete WHERE device = $device", ("$device", device));
        using var reader = command.ExecuteReader();
        return reader.Read() ? new EventKey(reader.GetInt64(0), reader.GetInt64(1)) : default;
    }

    void KeepIfOther(OutboxEvent what, string body, SqliteTransaction transaction)
    {
        (string, object)[] key = [("$device", what.Device), ("$boot", what.Key.Boot), ("$seq", what.Key.Seq)];
        using var known = Command("SELECT body FROM event WHERE device = $device AND boot = $boot AND seq = $seq", key);
        known.Transaction = transaction;
        if (known.ExecuteScalar() is string kept && EventBatch.IsSame(kept, body)) return;

        using var command = Command(
            "INSERT INTO conflict (device, boot, seq, body) VALUES ($device, $boot, $seq, $body) ON CONFLICT (device, boot, seq, body) DO NOTHING",
            [.. key, ("$body", body)]);
        command.Transaction = transaction;
        Conflicts += command.ExecuteNonQuery();
    }

    void Keep(GoneRange gone, SqliteTransaction transaction)
    {
        using var command = Command(
            "INSERT INTO gone (device, boot, first, last, why) VALUES ($device, $boot, $first, $last, $why)", ("$device", gone.Device),
            ("$boot", gone.Boot as object ?? DBNull.Value), ("$first", gone.From), ("$last", gone.To), ("$why", gone.Why));
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }

    void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    object? Scalar(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }
}

using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>The statements of the write path, made once: a million events run through the same ones.</summary>
sealed class JournalStatements : IDisposable
{
    static readonly string[] EventCells =
    [
        "$seq", "$boot", "$at", "$priority", "$kind", "$door", "$camera", "$subject", "$reason", "$value", "$bound",
        "$remedy", "$more", "$hash",
    ];

    readonly SqliteConnection _connection;
    readonly SqliteCommand _event;
    readonly SqliteCommand _outbox;

    public JournalStatements(SqliteConnection connection)
    {
        _connection = connection;
        _event = Make(
            $"INSERT INTO event ({JournalRows.EventColumns}) VALUES ({string.Join(", ", EventCells)})", EventCells);
        _outbox = Make("INSERT INTO outbox (priority, seq) VALUES ($priority, $seq)", "$priority", "$seq");
    }

    public void Insert(EventRow row, byte[] hash, SqliteTransaction within)
    {
        Run(_event, within, row.Seq, row.Boot, row.At, row.Priority, row.Kind, row.Door, row.Camera, row.Subject,
            row.Reason, row.Value, row.Limit, row.Remedy, row.More, hash);
        Run(_outbox, within, row.Priority, row.Seq);
    }

    public void Put(SignedPoint point)
    {
        if (point.Kind is not PointKind.Head) _connection.Execute("DELETE FROM point WHERE kind = $kind", ("$kind", (long)point.Kind));
        _connection.Execute(
            "INSERT INTO point (kind, number, boot, seq, at, hash, states, signature) "
            + "VALUES ($kind, $number, $boot, $seq, $at, $hash, $states, $signature)",
            ("$kind", (long)point.Kind), ("$number", point.Number), ("$boot", point.Boot), ("$seq", point.Seq),
            ("$at", point.At), ("$hash", point.Hash), ("$states", point.States), ("$signature", point.Signature));
    }

    public void Put(string key, byte[] state) => _connection.Execute(
        "INSERT INTO state (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        ("$key", key), ("$value", state));

    /// <summary>What is there of a range leaves the outbox, and its sum.</summary>
    public void Confirm(OutboxRange range, OutboxSum outbox)
    {
        foreach (var priority in range.Priority is { } only ? [only] : Enum.GetValues<EventPriority>())
        {
            using var command = _connection.Command(
                "DELETE FROM outbox WHERE priority = $priority AND seq BETWEEN $from AND $to"
                + (range.Boot is null ? "" : " AND EXISTS (SELECT 1 FROM event WHERE event.seq = outbox.seq AND boot = $boot)")
                + " RETURNING seq",
                ("$priority", (long)priority), ("$from", range.From), ("$to", range.To), ("$boot", range.Boot ?? 0));
            using var reader = command.ExecuteReader();
            while (reader.Read()) outbox.Take((long)priority, reader.GetInt64(0));
        }
    }

    SqliteCommand Make(string sql, params string[] cells)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var cell in cells) command.Parameters.Add(new SqliteParameter(cell, null));
        return command;
    }

    static void Run(SqliteCommand command, SqliteTransaction within, params ReadOnlySpan<object?> values)
    {
        command.Transaction = within;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _event.Dispose();
        _outbox.Dispose();
    }
}

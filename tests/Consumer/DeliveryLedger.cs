using Microsoft.Data.Sqlite;

namespace EdgeFace.Tests.Consumer;

/// <summary>
/// Every time that a vault took an event for new, over all lives of its process: in a table where one may stand twice,
/// written by a trigger in the vault's own transaction. The vault's own table holds each once, whatever was delivered.
/// </summary>
/// <param name="file">The vault's, which must have been opened before.</param>
sealed class DeliveryLedger(string file)
{
    public void Begin() => Execute(
        """
        CREATE TABLE IF NOT EXISTS delivery (device TEXT NOT NULL, boot INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
        CREATE TRIGGER IF NOT EXISTS deliver AFTER INSERT ON event
            BEGIN INSERT INTO delivery VALUES (NEW.device, NEW.boot, NEW.seq); END;
        """);

    /// <summary>The arm that must show doubles: the vault has lost what it held whenever it comes again.</summary>
    public void Forget() => Execute(
        """
        CREATE TRIGGER forget BEFORE INSERT ON event
            BEGIN DELETE FROM event WHERE device = NEW.device AND boot = NEW.boot AND seq = NEW.seq; END;
        """);

    public long Delivered => Execute("SELECT count(*) FROM delivery");

    /// <summary>Deliveries of what had been delivered before.</summary>
    public long Twice => Execute("SELECT count(*) - count(DISTINCT device || '/' || boot || '/' || seq) FROM delivery");

    long Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as long? ?? 0;
    }
}

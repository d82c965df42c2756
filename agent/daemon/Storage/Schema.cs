using Microsoft.Data.Sqlite;

namespace EdgeFace.Storage;

/// <summary>
/// The tables of a gallery, step by step, and how any file of ours walks its steps. <c>user_version</c> counts the steps
/// that a file has seen.
/// </summary>
static class Schema
{
    /// <summary>"EdFa": says whose file it is to <c>file(1)</c> and to <see cref="GalleryDatabase"/>.</summary>
    public const int ApplicationId = 0x45644661;

    /// <summary>
    /// A step is never changed once it has been released; what changes comes as the next one. In clear stand random
    /// numbers and model ids only. Rows carry a rowid on purpose: they are appended, so pages are seldom split and
    /// cells seldom copied.
    /// </summary>
    public static readonly string[] Steps =
    [
        """
        CREATE TABLE gallery (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, key_check BLOB);
        INSERT INTO gallery (one, revision) VALUES (1, 0);
        CREATE TABLE subject (
            row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
            sealed_key BLOB NOT NULL, sealed_profile BLOB NOT NULL) STRICT;
        CREATE TABLE template (
            row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
            subject BLOB NOT NULL REFERENCES subject (id) ON DELETE CASCADE, 
            model TEXT NOT NULL, sealed BLOB NOT NULL) STRICT;
        CREATE INDEX template_of_subject ON template (subject, model);
        CREATE TABLE erasure (row INTEGER PRIMARY KEY, subject BLOB NOT NULL UNIQUE, receipt TEXT NOT NULL) STRICT;
        """,
        // What the hub wants here: which state, and of each of its people the hash of his record, sealed; also of one who is kept
        // out since he was erased here. Whom the hub itself removed it may bring back.
        """
        CREATE TABLE hub_gallery (
            one INTEGER PRIMARY KEY CHECK (one = 1), gallery TEXT NOT NULL, version INTEGER NOT NULL,
            content BLOB NOT NULL CHECK (length(content) = 32), model TEXT NOT NULL,
            people INTEGER NOT NULL, templates INTEGER NOT NULL) STRICT;
        CREATE TABLE hub_person (
            row INTEGER PRIMARY KEY, subject BLOB NOT NULL UNIQUE CHECK (length(subject) = 16), sealed_record BLOB NOT NULL) STRICT;
        ALTER TABLE erasure ADD COLUMN by_hub INTEGER NOT NULL DEFAULT 0;
        """,
    ];

    /// <summary>Runs the steps that a file has not seen, all or none.</summary>
    /// <exception cref="StorageException">The file has seen more steps than this program knows.</exception>
    public static void Migrate(
        SqliteConnection connection, IReadOnlyList<string> steps, int applicationId = ApplicationId)
    {
        if (VersionOf(connection, steps.Count) == steps.Count) return;

        using var transaction = connection.BeginTransaction(deferred: false);
        for (var version = VersionOf(connection, steps.Count); version < steps.Count; version++)
            connection.Execute(steps[version]);
        connection.Execute($"PRAGMA user_version = {steps.Count}; PRAGMA application_id = {applicationId}");
        transaction.Commit();
    }

    /// <exception cref="StorageException">The file has seen more steps than are known.</exception>
    public static int VersionOf(SqliteConnection connection, int known)
    {
        var version = (int)connection.Scalar<long>("PRAGMA user_version");
        if (version < 0) throw SqliteFaults.Damaged(connection.DataSource, $"its schema number is {version}.");
        if (version <= known) return version;

        throw new StorageException(StorageFault.NewerSchema,
            $"{connection.DataSource} is of schema {version}; this program knows schemas up to {known}. Use the "
            + "newer edgeface that wrote it; a newer file cannot be made older.");
    }

    /// <summary>
    /// The statements behind every table, index, trigger and view. A file may be written by another hand than ours,
    /// and a trigger that keeps what is deleted would undo every erasure: what we did not make, we do not open.
    /// </summary>
    public static string Fingerprint(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name";
        using var reader = command.ExecuteReader();
        var statements = new List<string>();
        while (reader.Read()) statements.Add(reader.GetString(0));
        return string.Join('\n', statements);
    }

    /// <summary>The fingerprint of a file that has seen these steps and nothing else.</summary>
    public static string Expected(string[] steps)
    {
        using var blank = new SqliteConnection("Data Source=:memory:;Pooling=False");
        blank.Open();
        Migrate(blank, steps);
        return Fingerprint(blank);
    }
}

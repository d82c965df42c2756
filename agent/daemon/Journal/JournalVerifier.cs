using System.Security.Cryptography;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// Proves a journal from its first event to its last: every hash, every number, every signature. It needs the device's
/// public key only, and changes nothing. What it cannot see: a database and a head file that were both put back from one
/// older copy, and what somebody did who holds the private key; against both, heads count that another machine keeps.
/// </summary>
sealed class JournalVerifier(string file, byte[]? publicKey)
{
    static readonly TimeSpan LockWait = TimeSpan.FromSeconds(5);

    readonly List<string> _notes = [];
    StoredMark?[]? _outside;

    public JournalVerdict Verify()
    {
        try
        {
            // Before the database is read: beside a writer it must not know of more than the database does.
            var place = HeadFile.PathOf(file);
            _outside = File.Exists(place) ? HeadFile.Read(place) : null;
            using var connection = JournalConnection.OpenReadOnly(file, LockWait);
            using var transaction = connection.BeginTransaction(deferred: true);
            return Verify(connection);
        }
        catch (StorageException e)
        {
            return Unreadable(e.Message);
        }
        catch (SqliteException e)
        {
            return Unreadable(SqliteFaults.Explain(e, file, LockWait, JournalSchema.Remedy).Message);
        }
        catch (IOException e)
        {
            return Unreadable($"{file} cannot be read: {e.Message}");
        }
    }

    JournalVerdict Verify(SqliteConnection connection)
    {
        if (JournalSchema.Steps.Length != Schema.VersionOf(connection, JournalSchema.Steps.Length))
            return Unreadable($"{file} is no journal of edgeface.");

        using var key = ECDsa.Create();
        var walk = new JournalWalk(connection, key);
        if (Guarded(() => JournalRows.States(connection), walk) is not { } states) return walk.Verdict("", _notes);
        if (JournalStates.NameOf(states) is not { } name)
            return Unreadable($"{file} does not say whose journal it is: it is none, or was damaged in its first row.");
        if (publicKey is null) _notes.Add("No public key was given: the one in the file itself was taken, so this proves against accidents only.");
        if (!TryImport(key, publicKey ?? states.GetValueOrDefault(JournalStates.PublicKey, [])))
            return Unreadable($"{file} holds no public key, and none was given: --public-key FILE");

        Guarded(() => walk.Run(name, states), walk);
        if (!walk.IsBroken) Guarded(() => HeadFileAgrees(walk, key, name), walk);
        if (!walk.IsBroken) Guarded(() => TablesAgree(connection, walk), walk);
        return walk.Verdict(name.Device, _notes);
    }

    /// <summary>A page that SQLite cannot make sense of is a finding, wherever it turns up.</summary>
    static T? Guarded<T>(Func<T> act, JournalWalk walk)
    {
        try
        {
            return act();
        }
        catch (SqliteException e)
        {
            walk.Break("page", walk.Expected, $"SQLite cannot read on: {e.Message}");
            return default;
        }
    }

    bool HeadFileAgrees(JournalWalk walk, ECDsa key, JournalName name)
    {
        var place = HeadFile.PathOf(file);
        if (_outside is null)
        {
            var words = $"{place} is missing: events that were cut off the end together with their signatures would not be seen.";
            if (file.EndsWith("journal.db", StringComparison.Ordinal)) return walk.Break("head-file", walk.Expected, words);
            _notes.Add(words);
            return true;
        }

        if (HeadFile.Furthest(_outside, key) is not { } outside || outside.Name != name)
            return walk.Break("head-file", walk.Expected, $"{place} holds no mark of this journal under this device's key.");
        if (outside.Mark.Seq > walk.Expected.Seq - 1)
        {
            return walk.Break("missing", walk.Expected,
                $"the events from here to {outside.Mark.Seq} are gone: {Path.GetFileName(place)} says that they were written. "
                + "The database was cut or put back from an older copy.");
        }

        return walk.HashAt(outside.Mark.Seq) is not { } hash || hash.AsSpan().SequenceEqual(outside.Mark.Hash)
            || walk.Break("head-file", new EventPlace(outside.Mark.Boot, outside.Mark.Seq),
                $"{Path.GetFileName(place)} knows this event with another hash.");
    }

    static bool TablesAgree(SqliteConnection connection, JournalWalk walk)
    {
        if (Schema.Fingerprint(connection) != Schema.Expected(JournalSchema.Steps))
            return walk.Break("tables", null, "the file has tables, triggers or views that edgeface did not make; every event is in order.");
        return connection.Scalar<string>("PRAGMA integrity_check(1)") is not (var said and not "ok")
            || walk.Break("page", null, $"every event is in order, but the file around them is damaged: {said}");
    }

    static bool TryImport(ECDsa key, byte[] publicKey)
    {
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    JournalVerdict Unreadable(string words) =>
        new(JournalProof.Unreadable, "", 0, 0, null, null, null, null, "unreadable", words, _notes);
}

using System.Globalization;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>
/// How the journal is opened at a door that must work: what cannot be continued is moved aside and kept, and a new journal
/// begins whose chain takes up the old one's last known hash and whose first event says what happened.
/// </summary>
sealed class JournalOpening(StateFolder folder, JournalOptions options, string device, TimeProvider time)
{
    static readonly TimeSpan LockWait = TimeSpan.FromSeconds(2);

    /// <summary>How many journals that were moved aside are kept; older ones go, or a bad disk would fill the good part of itself.</summary>
    const int AsideMax = 2;

    readonly OpeningFindings _findings = new(folder, device, time);

    /// <summary>For the arm of a test that must lose: NORMAL.</summary>
    public string Synchronous { get; init; } = "FULL";

    public bool IsThere => File.Exists(folder.Journal);

    /// <param name="key">Null: to be read, or made.</param>
    /// <param name="states">Those of the journal that was open before; null: there was none, so what it remembered is not known.</param>
    /// <exception cref="StorageException">
    /// The disk is full, failing or read-only: to be tried again. NewerSchema: the program is older than the journal; what nobody
    /// has confirmed in it must not be left behind for that, so nothing is moved.
    /// </exception>
    /// <exception cref="IOException">As before.</exception>
    public OpenedJournal Open(JournalKey? key, IReadOnlyDictionary<string, byte[]>? states = null)
    {
        var (mine, notes) = key is null ? ReadKey() : (key, []);
        try
        {
            var had = key is not null || !notes.Contains("key-new");
            if (IsThere)
            {
                try
                {
                    List<AccessEvent> tell = [.. _findings.Exposed(mine)];
                    var file = Continue(mine, tell);
                    if (key is null) tell.AddRange(_findings.Renamed(file.Name.Device)); // once a start, not after every fault
                    return new OpenedJournal(file, mine, tell);
                }
                catch (StorageException e) when (e.Fault is StorageFault.Damaged or StorageFault.WrongKey or StorageFault.Foreign)
                {
                    return Replace(mine, Words(e.Fault), e.Message, states);
                }
            }

            var known = had || File.Exists(HeadFile.PathOf(folder.Journal));
            return known ? Replace(mine, "missing", $"{folder.Journal} is gone; its key or its head file is still there.", states)
                : new OpenedJournal(Begin(mine, default, JournalBatch.NoStates), mine, []);
        }
        catch when (key is null)
        {
            mine.Dispose();
            throw;
        }
    }

    /// <summary>Moves a journal aside that cannot be gone on with, and begins a new one.</summary>
    public OpenedJournal Replace(
        JournalKey key, string reason, string message, IReadOnlyDictionary<string, byte[]>? memory)
    {
        var before = Remembered(key);
        var aside = MoveAside();
        var file = Begin(key, before, memory);
        return new OpenedJournal(file, key, [_findings.Replaced(reason, message, aside, before.Last), .. _findings.Exposed(key)]);
    }

    (JournalKey Key, string[] Notes) ReadKey()
    {
        var isNew = !File.Exists(folder.JournalKey);
        try
        {
            return (JournalKey.ReadOrCreate(folder.JournalKey), isNew ? ["key-new"] : []);
        }
        catch (StorageException e) when (e.Fault is StorageFault.KeyFileDamaged)
        {
            File.Move(folder.JournalKey, $"{folder.JournalKey}.damaged-{Stamp()}", overwrite: true);
            return (JournalKey.ReadOrCreate(folder.JournalKey), []);
        }
    }

    JournalFile Continue(JournalKey key, List<AccessEvent> tell)
    {
        if (new FileInfo(folder.Journal).Length == 0)
            throw SqliteFaults.Damaged(folder.Journal, "it has no bytes.", remedy: JournalSchema.Remedy);

        SqliteConnection? connection = null;
        JournalFile? file = null;
        try
        {
            connection = SqliteFile.Connect(folder.Journal);
            SqliteFile.Prepare(connection, LockWait);
            connection.Execute($"PRAGMA synchronous = {Synchronous}; PRAGMA wal_autocheckpoint = 0");
            SqliteFile.RequireOwnTables(connection, JournalSchema.Steps, JournalSchema.Remedy);
            SqliteFile.RequireLog(connection);
            Schema.Migrate(connection, JournalSchema.Steps, JournalSchema.ApplicationId);
            SqliteFile.DeleteDrafts(folder.Journal);
            // After a sync that failed, what the log holds may be in memory only: this writes and syncs it anew.
            connection.Scalar<long>("PRAGMA wal_checkpoint(FULL)");
            var outside = Outside(key);
            var content = JournalContent.Read(connection, key, outside);
            if (outside is null && content.IsHeaded) tell.Add(_findings.HeadMissing());
            file = new JournalFile(
                connection, key, HeadFile.Open(HeadFile.PathOf(folder.Journal)), content, options.HeadEventsMax, Snapshots());
            if (file.RestoreOutbox() is var (expected, found)) tell.Add(_findings.OutboxChanged(expected, found));
            file.BeginBoot(file.Boot + 1, time.GetUtcNow());
            return file;
        }
        catch (Exception e)
        {
            file?.Dispose(); // the head file's handle too: a disk that stays full is tried for hours
            connection?.Dispose();
            if (e is SqliteException fault)
                throw SqliteFaults.Explain(fault, folder.Journal, LockWait, JournalSchema.Remedy);
            if (e is StorageException { Fault: StorageFault.NewerSchema })
            {
                throw new StorageException(StorageFault.NewerSchema,
                    $"{e.Message} Nothing was changed. Install that version again: events that the hub does not have yet are in this file.", e);
            }

            throw;
        }
    }

    /// <param name="key">Signs.</param>
    /// <param name="before">What came before it.</param>
    /// <param name="memory">What it is to remember from the start; null: something that is not known.</param>
    JournalFile Begin(JournalKey key, Predecessor before, IReadOnlyDictionary<string, byte[]>? memory)
    {
        var name = new JournalName(device, Guid.NewGuid());
        var at = EventRow.Microseconds(time.GetUtcNow());
        var hash = before.Last?.Hash ?? SignedPoint.NoStates;
        var states = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [JournalStates.Device] = System.Text.Encoding.UTF8.GetBytes(device),
            [JournalStates.Id] = name.Id.ToByteArray(bigEndian: true),
            [JournalStates.PublicKey] = key.Public,
            [JournalStates.Boot] = JournalStates.OfBoot(before.Boot),
        };
        if (memory is null) states[JournalStates.Lost] = [];
        foreach (var (state, value) in JournalStates.MemoryOf(memory ?? JournalBatch.NoStates)) states[state] = value;
        foreach (var left in new[] { "-wal", "-shm" }) File.Delete(folder.Journal + left);
        SqliteFile.Create(folder.Journal, connection =>
        {
            connection.Execute("PRAGMA synchronous = EXTRA");
            Schema.Migrate(connection, JournalSchema.Steps, JournalSchema.ApplicationId);
            using var statements = new JournalStatements(connection);
            foreach (var (state, value) in states) statements.Put(state, value);
            statements.Put(SignedPoint.Sign(
                key, name, PointKind.Base, 0, before.Boot, before.Seq, at, hash, SignedPoint.NoStates));
            statements.Put(SignedPoint.Sign(
                key, name, PointKind.Mark, 0, before.Boot, before.Seq, at, hash, JournalStates.Hash(states)));
        });
        File.Delete(HeadFile.PathOf(folder.Journal)); // it was the old journal's
        return Continue(key, []);
    }

    StoredMark? Outside(JournalKey key)
    {
        using var verifier = System.Security.Cryptography.ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.Public, out _);
        return HeadFile.Furthest(HeadFile.PathOf(folder.Journal), verifier);
    }

    /// <summary>
    /// How far the journal before went, from its head file, and one batch more: that may have been written and sent after
    /// the head file was. No number is given out twice. Where the file says nothing, the boots begin with the seconds of
    /// the clock: a number that no earlier journal of this device can have reached.
    /// </summary>
    Predecessor Remembered(JournalKey key)
    {
        if (Outside(key) is { } outside)
            return new Predecessor(outside.Mark.Boot, outside.Mark.Seq + JournalWriter.BatchMax, outside.Mark);
        return new Predecessor(Math.Max(1, time.GetUtcNow().ToUnixTimeSeconds()), 0, null);
    }

    string? MoveAside()
    {
        var place = $"{folder.Journal}.damaged-{Stamp()}";
        var moved = Move(folder.Journal, place) | Move(folder.Journal + "-wal", place + "-wal");
        File.Delete(folder.Journal + "-shm");
        Move(HeadFile.PathOf(folder.Journal), HeadFile.PathOf(place), keep: true);
        foreach (var old in Directory.GetFiles(folder.Path, "journal.db.damaged-*Z").OrderDescending().Skip(AsideMax))
            foreach (var end in new[] { "", "-wal", "-shm", ".head" }) File.Delete(old + end);
        return moved ? place : null;
    }

    static bool Move(string from, string to, bool keep = false)
    {
        if (!File.Exists(from)) return false;
        if (keep) File.Copy(from, to, overwrite: true);
        else File.Move(from, to, overwrite: true);
        return true;
    }

    string Stamp() => time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);

    SnapshotCells? Snapshots() =>
        options.Snapshots ? new SnapshotCells(SealingKey.Of(folder, create: true), options) : null;

    static string Words(StorageFault fault) => fault switch
    {
        StorageFault.WrongKey => "foreign-key",
        StorageFault.Foreign => "foreign",
        _ => "damaged",
    };

    readonly record struct Predecessor(long Boot, long Seq, SignedPoint? Last);
}

/// <summary>A journal that can be written to, its key, and what is to be told in it first.</summary>
sealed record OpenedJournal(JournalFile File, JournalKey Key, IReadOnlyList<AccessEvent> Tell);

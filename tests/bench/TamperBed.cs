using EdgeFace.Journal;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Benchmarks;

/// <summary>A journal that is tampered with: a fresh copy of one that several boots wrote, pruned, with heads and states.</summary>
sealed class TamperBed : IDisposable
{
    public const int HeadEvery = 50;
    const int Boots = 4;
    const int EventsOfBoot = 200;
    const int Pruned = 60;

    /// <summary>From 100 to here the hub has the events.</summary>
    public const int ConfirmedTo = 180;

    readonly string _home = Directory.CreateTempSubdirectory("edgeface-tamper-").FullName;
    readonly byte[] _journal;
    readonly byte[] _older;
    readonly byte[] _head;
    readonly byte[] _publicKey;

    public TamperBed()
    {
        var folder = new StateFolder(Path.Combine(_home, "data"));
        folder.Create();
        var options = new JournalOptions(HeadEventsMax: HeadEvery);
        var traffic = new JournalTraffic(seed: 3);
        var at = new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        _older = [];
        for (var boot = 0; boot < Boots; boot++)
        {
            var opened = new JournalOpening(folder, options, JournalFill.Device, TimeProvider.System).Open(key: null);
            using var key = opened.Key;
            using (var file = opened.File)
            {
                for (var i = 0; i < EventsOfBoot / 10; i++)
                {
                    var states = new Dictionary<string, byte[]> { ["lockout"] = [(byte)boot, (byte)i, 1, 2, 3] };
                    var events = Enumerable.Range(0, 10).Select(_ => (traffic.Next(at += TimeSpan.FromSeconds(1)), (byte[]?)null)).ToArray();
                    OutboxRange[] confirmed = boot == 2 && i == 7 ? [new(100, ConfirmedTo)] : [];
                    file.Write(new JournalBatch(events, states, confirmed, boot == 2 && i == 5 ? Pruned : 0), at);
                }

                file.Publish(flush: true);
                file.Checkpoint(whole: true);
                Last = file.Tail.Seq;
            }

            if (boot == Boots - 2) _older = File.ReadAllBytes(folder.Journal);
            _publicKey = key.Public;
        }

        _publicKey ??= [];
        (_journal, _head) = (File.ReadAllBytes(folder.Journal), File.ReadAllBytes(HeadFile.PathOf(folder.Journal)));
        Journal = Path.Combine(_home, "journal.db");
        Renew();
        Content = Dump() ?? throw new InvalidOperationException("The untouched journal cannot be read.");
    }

    public string Journal { get; }

    public string Head => HeadFile.PathOf(Journal);

    public static long First => Pruned + 1;

    public long Last { get; }

    /// <summary>The end of the copy that an attacker puts back.</summary>
    public static long LastOfOlder => (Boots - 1) * EventsOfBoot;

    public IReadOnlyList<string> Content { get; }

    public void Renew()
    {
        foreach (var end in new[] { "-wal", "-shm" }) File.Delete(Journal + end);
        File.WriteAllBytes(Journal, _journal);
        File.WriteAllBytes(Head, _head);
    }

    public void PutOlderBack() => File.WriteAllBytes(Journal, _older);

    public JournalVerdict Verify() => new JournalVerifier(Journal, _publicKey).Verify();

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        connection.Open();
        connection.Execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
        return connection;
    }

    /// <summary>Every cell that the journal answers for, in words; null when a page cannot be read.</summary>
    public IReadOnlyList<string>? Dump()
    {
        try
        {
            using var connection = JournalConnection.OpenReadOnly(Journal, TimeSpan.FromSeconds(1));
            var cells = new List<string>();
            foreach (var table in new[] { "event", "point", "state", "outbox", "snapshot" })
            {
                using var command = connection.Command($"SELECT * FROM {table} ORDER BY 1, 2");
                using var reader = command.ExecuteReader();
                while (reader.Read())
                    for (var i = 0; i < reader.FieldCount; i++) cells.Add($"{table}.{i}={Text(reader.GetValue(i))}");
            }

            return cells;
        }
        catch (SqliteException)
        {
            return null;
        }
        catch (StorageException)
        {
            return null;
        }
    }

    static string Text(object cell) => cell is byte[] bytes ? Convert.ToHexString(bytes) : $"{cell.GetType().Name} {cell}";

    public void Dispose() => Directory.Delete(_home, recursive: true);
}

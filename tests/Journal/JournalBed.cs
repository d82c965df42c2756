using EdgeFace.Journal;
using EdgeFace.Storage;

namespace EdgeFace.Tests.Journal;

/// <summary>A journal of one test, gone with it.</summary>
sealed class JournalBed : IDisposable
{
    public const string Device = "door-7";

    readonly ScratchFolder _scratch = new();

    public JournalBed()
    {
        Folder = new StateFolder(_scratch["data"]);
        Folder.Create();
    }

    public StateFolder Folder { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Commits at once and holds no room back: a test has no time, and its disk is small.</summary>
    public JournalOptions Options { get; init; } = new(CommitWindowMs: 0, ReserveMegabytes: 0);

    public EventJournal Open() => EventJournal.Open(Folder, Options, Device, Time);

    public AccessEvent What(string kind = "granted", EventPriority priority = EventPriority.Access) =>
        new(kind, Time.GetUtcNow(), "front", Priority: priority);

    public async Task WriteAsync(int count)
    {
        using var journal = Open();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => journal.AppendAsync(What())));
    }

    public List<JournalEntry> Events() => [.. new JournalReader(Folder.Journal).Events(new EventQuery())];

    public JournalVerdict Verify(string? file = null)
    {
        using var key = JournalKey.Read(Folder.JournalKey);
        return new JournalVerifier(file ?? Folder.Journal, key.Public).Verify();
    }

    public void Sql(string sql)
    {
        using var connection = SqliteFile.Connect(Folder.Journal);
        connection.Execute(sql);
    }

    public void Dispose() => _scratch.Dispose();
}

using EdgeFace.Journal;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>A disk that is really full, and has room again: need 'mount'.</summary>
public sealed class JournalFullDiskTests : IDisposable
{
    readonly JournalBed _bed = new() { Options = new JournalOptions(QueueMax: 64, ReserveMegabytes: 1) };
    readonly bool _mounted;

    public JournalFullDiskTests() => _mounted = MemoryDisk.Mount(_bed.Folder.Path, megabytes: 12);

    string Ballast => Path.Combine(_bed.Folder.Path, "ballast");

    [Fact]
    public async Task A_full_disk_is_told_from_the_reserve_counted_beyond_it_and_over_when_there_is_room()
    {
        Needs.SkipOrFail("mount", _mounted);
        var stop = TestContext.Current.CancellationToken;
        long lost;
        var acknowledged = new List<EventId>();
        using (var journal = _bed.Open())
        {
            await journal.AppendAsync(_bed.What());
            Fill();
            await AppendUntilAsync(() => journal.Fault is { Kind: JournalFaultKind.OnReserve });
            await Eventually.TrueAsync(
                () => _bed.Events().Exists(entry => entry.What is { Kind: "journal.disk-full", Priority: EventPriority.Alarm }));

            await AppendUntilAsync(() => journal is { Fault.Kind: JournalFaultKind.DiskFull, Lost: > 0 });
            File.Delete(Ballast);
            await Eventually.TrueAsync(() => journal.Fault is null);
            Assert.NotNull(await journal.AppendAsync(_bed.What("after")));
            lost = journal.Lost;

            async Task AppendUntilAsync(Func<bool> holds)
            {
                while (!holds())
                {
                    _ = NoteAsync(journal.AppendAsync(_bed.What() with { Remedy = new string('x', AccessEvent.RemedyMax) }));
                    await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, stop);
                }
            }
        }

        var events = _bed.Events();
        Assert.Equal(lost, events.Where(entry => entry.What.Kind == "journal.gap").Sum(entry => entry.What.Value));
        Assert.Contains(events, entry => entry.What.Kind == "journal.recovered");
        Assert.Equal("after", events[^1].What.Kind == "journal.recovered" ? events[^2].What.Kind : events[^1].What.Kind);
        Assert.Empty(acknowledged.Except(events.Select(entry => entry.Id)));
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);

        async Task NoteAsync(Task<EventId?> durable)
        {
            if (await durable is { } id) lock (acknowledged) acknowledged.Add(id);
        }
    }

    [Fact]
    public async Task A_start_on_a_full_disk_opens_and_writes_when_there_is_room()
    {
        Needs.SkipOrFail("mount", _mounted);
        Fill();

        using var journal = _bed.Open();
        var waiting = journal.AppendAsync(_bed.What());
        Assert.NotNull(journal.Fault);
        Assert.Null(journal.Recall("lockout"));
        File.Delete(Ballast);

        Assert.NotNull(await waiting);
    }

    /// <summary>To the last block.</summary>
    void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var piece in new[] { 65_536, 4_096 })
        {
            try
            {
                while (true) file.Write(new byte[piece]);
            }
            catch (IOException)
            {
                // As full as pieces of this size make it.
            }
        }
    }

    public void Dispose()
    {
        if (_mounted) MemoryDisk.Unmount(_bed.Folder.Path);
        _bed.Dispose();
    }
}

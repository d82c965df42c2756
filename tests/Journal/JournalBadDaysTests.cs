using System.Runtime.Versioning;
using EdgeFace.Journal;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>Whatever has happened to its files, the journal opens, and says what it found.</summary>
[SupportedOSPlatform("linux")]
public sealed class JournalBadDaysTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly JournalBed _bed = new();

    string Head => HeadFile.PathOf(_bed.Folder.Journal);

    string[] Aside => [.. Directory.GetFiles(_bed.Folder.Path, "journal.db.damaged-*Z")];

    [Fact]
    public async Task A_first_start_makes_files_that_are_their_owners_alone_and_safe()
    {
        using var journal = _bed.Open();
        await journal.AppendAsync(_bed.What());

        var own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(Directory.GetFiles(_bed.Folder.Path), file => Assert.Equal(own, File.GetUnixFileMode(file)));
        Assert.Contains(Directory.GetFiles(_bed.Folder.Path), file => file.EndsWith("-wal", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_second_process_refuses()
    {
        using var journal = _bed.Open();

        var fault = Assert.Throws<StorageException>(_bed.Open);

        Assert.Equal(StorageFault.Locked, fault.Fault);
        Assert.Contains("journal.lock", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(await journal.AppendAsync(_bed.What()));
        using (StateFolderLock.Take(_bed.Folder))
            Assert.Equal(StorageFault.Locked, Assert.Throws<StorageException>(() => StateFolderLock.Take(_bed.Folder)).Fault);
        StateFolderLock.Take(_bed.Folder).Dispose();
    }

    [Theory]
    [InlineData("nothing", "damaged")]
    [InlineData("text", "damaged")]
    [InlineData("header", "damaged")]
    [InlineData("tail", "damaged")]
    [InlineData("half", "damaged")]
    [InlineData("gone", "missing")]
    [InlineData("cut", "damaged")]
    [InlineData("edited", "damaged")]
    [InlineData("lockout", "damaged")]
    [InlineData("trigger", "foreign")]
    public async Task A_journal_that_cannot_be_continued_is_kept_and_a_new_one_says_so(string how, string reason)
    {
        await _bed.WriteAsync(150);
        var hash = new JournalReader(_bed.Folder.Journal).LastHead()?.Hash ?? [];
        Harm(how);

        using (var journal = _bed.Open())
        {
            Assert.NotNull(await journal.AppendAsync(_bed.What("after")));
            Assert.Null(journal.Fault);
        }

        var first = _bed.Events()[0];
        Assert.Equal(("journal.replaced", reason, EventPriority.Alarm), (first.What.Kind, first.What.Reason, first.What.Priority));
        Assert.Equal("150", first.What.More?["last_seq"]);
        Assert.Equal(Convert.ToHexStringLower(hash), first.What.More?["last_hash"]);
        Assert.Equal((2, 150 + JournalWriter.BatchMax + 1), (first.Id.Boot, first.Id.Seq));
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
        Assert.Equal(how == "gone" ? 0 : 1, Aside.Length);
        Assert.All(Aside, file => Assert.NotEqual(JournalProof.Intact, _bed.Verify(file).Proof));
    }

    void Harm(string how)
    {
        var file = _bed.Folder.Journal;
        var whole = File.ReadAllBytes(file);
        switch (how)
        {
            case "nothing": File.WriteAllBytes(file, []); break;
            case "text": File.WriteAllText(file, "not a database but a letter".PadRight(8192)); break;
            case "header": File.WriteAllBytes(file, [.. new byte[100], .. whole[100..]]); break;
            case "tail": File.WriteAllBytes(file, [.. whole[..4096], .. Enumerable.Repeat((byte)0xA5, whole.Length - 4096)]); break;
            case "half": File.WriteAllBytes(file, whole[..(whole.Length / 8192 * 4096)]); break;
            case "gone": File.Delete(file); break;
            case "cut": _bed.Sql("DELETE FROM event WHERE seq > 140"); break;
            case "edited": _bed.Sql("UPDATE event SET kind = 'denied' WHERE seq = 150; DELETE FROM point WHERE kind = 1"); break;
            case "lockout": _bed.Sql("UPDATE state SET value = x'00' WHERE key = 'journal.boot'"); break;
            default: _bed.Sql("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END"); break;
        }
    }

    [Fact]
    public async Task An_older_copy_that_is_put_back_is_not_continued()
    {
        await _bed.WriteAsync(10);
        var copy = await File.ReadAllBytesAsync(_bed.Folder.Journal, Stop);
        await _bed.WriteAsync(10);
        await File.WriteAllBytesAsync(_bed.Folder.Journal, copy, Stop);

        Assert.Equal((JournalProof.Broken, 11L), (_bed.Verify().Proof, _bed.Verify().FirstBad?.Seq));
        _bed.Open().Dispose();

        Assert.Equal("journal.replaced", _bed.Events()[0].What.Kind);
    }

    [Fact]
    public async Task Without_its_key_a_journal_is_moved_aside_and_still_proved_by_who_kept_the_public_half()
    {
        await _bed.WriteAsync(5);
        byte[] kept;
        using (var key = JournalKey.Read(_bed.Folder.JournalKey)) kept = key.Public;
        File.Delete(_bed.Folder.JournalKey);

        await _bed.WriteAsync(1);

        var first = _bed.Events()[0];
        Assert.Equal(("journal.replaced", "foreign-key"), (first.What.Kind, first.What.Reason));
        Assert.True(first.Id.Boot > 1_000_000); // what no earlier journal of this device has reached
        Assert.Equal(JournalProof.Intact, new JournalVerifier(Assert.Single(Aside), kept).Verify().Proof);
        Assert.Equal(JournalProof.Broken, _bed.Verify(Assert.Single(Aside)).Proof);
    }

    [Fact]
    public async Task A_key_that_is_none_is_kept_and_a_new_one_made()
    {
        await _bed.WriteAsync(5);
        await File.WriteAllTextAsync(_bed.Folder.JournalKey, "no key", Stop);

        await _bed.WriteAsync(1);

        Assert.Equal("foreign-key", _bed.Events()[0].What.Reason);
        Assert.Single(Directory.GetFiles(_bed.Folder.Path, "journal.key.damaged-*"));
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_used_and_told()
    {
        await _bed.WriteAsync(1);
        File.SetUnixFileMode(_bed.Folder.JournalKey, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await _bed.WriteAsync(1);

        Assert.Contains(_bed.Events(), entry => entry.What is { Kind: "journal.key-exposed", Priority: EventPriority.Alarm });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_head_file_that_is_gone_or_empty_is_broken_to_the_verifier_and_told_by_the_next_start(bool empty)
    {
        await _bed.WriteAsync(3);
        if (empty) await File.WriteAllBytesAsync(Head, new byte[1024], Stop);
        else File.Delete(Head);
        Assert.Equal((JournalProof.Broken, "head-file"), (_bed.Verify().Proof, _bed.Verify().Fault));

        await _bed.WriteAsync(1);

        Assert.Equal("journal.head-missing", _bed.Events()[3].What.Kind);
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
    }

    [Fact]
    public async Task A_head_file_that_is_gone_is_told_also_where_nothing_older_than_the_last_boot_is_left()
    {
        await _bed.WriteAsync(10);
        var opened = new JournalOpening(_bed.Folder, _bed.Options, JournalBed.Device, TimeProvider.System).Open(key: null);
        using (opened.Key)
        using (opened.File)
        {
            opened.File.Write(JournalBatch.Of(Enumerable.Range(0, 10).Select(_ => _bed.What())), TimeProvider.System.GetUtcNow());
            opened.File.Write(JournalBatch.Of(_bed.What()) with { PruneTo = 15 }, TimeProvider.System.GetUtcNow());
            opened.File.Publish(flush: true);
            Assert.Equal(opened.File.Boot, opened.File.Base.Boot);
        }

        File.Delete(Head);
        await _bed.WriteAsync(1);

        Assert.Contains(_bed.Events(), entry => entry.What.Kind == "journal.head-missing");
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
    }

    [Fact]
    public async Task A_device_with_a_new_name_goes_on_with_its_journal_under_the_old_one_and_says_so()
    {
        await _bed.WriteAsync(3);

        using (var journal = EventJournal.Open(_bed.Folder, _bed.Options, "door-8", TimeProvider.System))
        {
            Assert.Equal((false, 3), (journal.MemoryLost, journal.OutboxDepth));
            Assert.Equal(new EventId(JournalBed.Device, 2, 5), await journal.AppendAsync(_bed.What()));
        }

        var told = _bed.Events()[3];
        Assert.Equal(("journal.device-renamed", EventPriority.Alarm), (told.What.Kind, told.What.Priority));
        Assert.Equal((JournalBed.Device, "door-8"), (told.What.More?["journal"], told.What.More?["device"]));
        Assert.Empty(Aside);
        await _bed.WriteAsync(1); // the old name again: nothing to tell
        Assert.Equal(6, _bed.Events().Count);
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
    }

    [Fact]
    public async Task A_journal_that_a_newer_edgeface_wrote_is_left_as_it_is_and_refused()
    {
        await _bed.WriteAsync(3);
        _bed.Sql("PRAGMA user_version = 9");

        var fault = Assert.Throws<StorageException>(_bed.Open);

        Assert.Equal(StorageFault.NewerSchema, fault.Fault);
        Assert.Contains("Install that version again", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Aside);
        _bed.Sql("PRAGMA user_version = 1");
        await _bed.WriteAsync(1); // the folder is not locked, and all is there
        Assert.Equal((JournalProof.Intact, 4), (_bed.Verify().Proof, _bed.Events().Count));
    }

    [Fact]
    public async Task A_file_that_is_taken_away_from_under_a_running_daemon_is_replaced()
    {
        using var journal = _bed.Open();
        await journal.AppendAsync(_bed.What());
        foreach (var file in Directory.GetFiles(_bed.Folder.Path, "journal.db*")) File.Delete(file);

        var id = await journal.AppendAsync(_bed.What("after"));

        Assert.NotNull(id);
        Assert.Equal(["journal.unwritable", "journal.replaced", "after"], _bed.Events().Select(entry => entry.What.Kind).Order(
            Comparer<string>.Create((a, b) => Rank(a) - Rank(b))).Take(3));
        static int Rank(string kind) => kind switch { "journal.unwritable" => 0, "journal.replaced" => 1, "after" => 2, _ => 3 };
    }

    [Fact]
    public async Task A_database_that_breaks_in_use_is_replaced_and_the_event_at_hand_is_not_lost()
    {
        using var journal = _bed.Open();
        for (var i = 0; i < 50; i++) await journal.AppendAsync(_bed.What());
        await File.WriteAllBytesAsync(_bed.Folder.Journal + "-wal", new byte[100_000], Stop);
        await using (var file = new FileStream(_bed.Folder.Journal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            await file.WriteAsync(Enumerable.Repeat((byte)0x5A, 60_000).ToArray(), Stop);
        await using (var file = new FileStream(_bed.Folder.Journal + "-shm", FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            await file.WriteAsync(new byte[32_768], Stop);

        var id = await journal.AppendAsync(_bed.What("after"));

        Assert.NotNull(id);
        Assert.Contains(_bed.Events(), entry => entry.What.Kind == "journal.replaced");
        Assert.Contains(_bed.Events(), entry => entry.What.Kind == "after");
    }

    [Fact]
    public async Task No_more_than_two_old_journals_are_kept()
    {
        for (var i = 0; i < 4; i++)
        {
            await _bed.WriteAsync(1);
            await File.WriteAllTextAsync(_bed.Folder.Journal, "harm", Stop);
        }

        _bed.Open().Dispose();

        Assert.Equal(2, Aside.Length);
    }

    public void Dispose() => _bed.Dispose();
}

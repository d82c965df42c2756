using EdgeFace.Journal;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>Lockouts, anti-passback and the time floor live in the journal: what it no longer knows, it must not call nothing.</summary>
public sealed class JournalMemoryTests : IDisposable
{
    readonly JournalBed _bed = new();

    [Fact]
    public async Task A_very_first_start_and_one_that_goes_on_have_lost_no_memory()
    {
        using (var journal = _bed.Open())
        {
            Assert.False(journal.MemoryLost);
            await journal.AppendAsync(_bed.What());
        }

        using var again = _bed.Open();

        Assert.False(again.MemoryLost);
        Assert.Null(again.Recall("lockout"));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_opened_at_the_start_says_that_its_memory_is_not_known_and_keeps_it()
    {
        await RememberAsync();
        EventJournal journal;
        using (var other = SqliteFile.Connect(_bed.Folder.Journal))
        {
            other.Execute("BEGIN IMMEDIATE");
            journal = _bed.Open();
        }

        using (journal)
        {
            Assert.True(journal.MemoryLost);
            Assert.Null(journal.Recall("lockout"));
            Assert.NotNull(await journal.AppendAsync(_bed.What()));
            Assert.Equal([3], journal.Recall("lockout"));
            Assert.True(journal.MemoryLost); // whoever asked at the start got nothing
        }

        using var again = _bed.Open();
        Assert.Equal((false, 3), (again.MemoryLost, Assert.Single(again.Recall("lockout") ?? [])));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("gone")]
    public async Task After_a_journal_was_replaced_its_memory_is_not_known_until_something_is_remembered_again(string how)
    {
        await RememberAsync();
        if (how == "gone") File.Delete(_bed.Folder.Journal);
        else await File.WriteAllTextAsync(_bed.Folder.Journal, "harm", TestContext.Current.CancellationToken);

        using (var journal = _bed.Open()) Assert.True(journal.MemoryLost);
        using (var journal = _bed.Open()) // the one before ended before it could do anything about it
        {
            Assert.True(journal.MemoryLost);
            journal.Remember("lockout", [4]);
        }

        using var again = _bed.Open();
        Assert.Equal((false, 4), (again.MemoryLost, Assert.Single(again.Recall("lockout") ?? [])));
    }

    [Fact]
    public async Task What_is_remembered_moves_into_the_journal_that_takes_the_place_of_one_lost_in_use()
    {
        await RememberAsync();
        using (var journal = _bed.Open())
        {
            foreach (var file in Directory.GetFiles(_bed.Folder.Path, "journal.db*")) File.Delete(file);
            Assert.NotNull(await journal.AppendAsync(_bed.What()));
            Assert.Equal([3], journal.Recall("lockout"));
        }

        using var again = _bed.Open();
        Assert.Equal((false, 3), (again.MemoryLost, Assert.Single(again.Recall("lockout") ?? [])));
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
    }

    async Task RememberAsync()
    {
        using var journal = _bed.Open();
        journal.Remember("lockout", [3]);
        await journal.AppendAsync(_bed.What());
    }

    public void Dispose() => _bed.Dispose();
}

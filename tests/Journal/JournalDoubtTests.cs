using EdgeFace.Journal;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>A disk that says no to what it has done all the same: the transaction is not written twice, and what came after it is not lost.</summary>
public sealed class JournalDoubtTests
{
    [Fact]
    public async Task What_came_after_a_commit_in_doubt_is_written_with_the_next()
    {
        var clock = new FailingClock();
        // Each commit signs a head, and so asks the clock between the commit and the answer: there the disk "fails".
        using var bed = new JournalBed { Time = clock, Options = new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0, HeadEventsMax: 1) };
        using (var journal = bed.Open())
        {
            await journal.AppendAsync(bed.What());
            clock.Fails = () =>
            {
                if (!bed.Events().Exists(entry => entry.What.Kind == "doubtful")) return false;

                journal.Remember("lockout", [7]);
                File.Delete(HeadFile.PathOf(bed.Folder.Journal));
                return true;
            };

            var id = await journal.AppendAsync(bed.What("doubtful"));

            Assert.Equal(bed.Events().Single(entry => entry.What.Kind == "doubtful").Id, id);
            await Eventually.TrueAsync(() => journal.Fault is null && clock.Fails is null);
            using var beside = JournalConnection.OpenReadOnly(bed.Folder.Journal, TimeSpan.FromSeconds(5));
            await Eventually.TrueAsync(() => beside.Scalar<byte[]>("SELECT value FROM state WHERE key = 'lockout'") is [7]);
            Assert.Equal([7], journal.Recall("lockout"));
        }

        Assert.Contains(bed.Events(), entry => entry.What.Kind == "journal.head-missing");
        Assert.Contains(bed.Events(), entry => entry.What.Kind == "journal.unwritable");
        Assert.Equal(JournalProof.Intact, bed.Verify().Proof);
    }

    /// <summary>Fails once, as the disk does, when it is asked while a condition holds.</summary>
    sealed class FailingClock : TimeProvider
    {
        public Func<bool>? Fails { get; set; }

        public override long GetTimestamp()
        {
            if (Fails is { } fails)
            {
                Fails = null;
                if (fails()) throw new IOException("the sync failed.");
                Fails = fails;
            }

            return base.GetTimestamp();
        }
    }
}

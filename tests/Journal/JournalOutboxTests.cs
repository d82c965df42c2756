using EdgeFace.Journal;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>Which events wait to be sent stands under the signature: nobody makes one of them never go.</summary>
public sealed class JournalOutboxTests : IDisposable
{
    readonly JournalBed _bed = new();

    [Theory]
    [InlineData("DELETE FROM outbox")]
    [InlineData("DELETE FROM outbox WHERE seq = 7")]
    [InlineData("INSERT INTO outbox SELECT priority, seq FROM event WHERE seq = 2")]
    [InlineData("DELETE FROM outbox WHERE seq = 7; INSERT INTO outbox SELECT priority, seq FROM event WHERE seq = 2")]
    public async Task An_outbox_that_was_changed_is_broken_to_the_verifier(string sql)
    {
        await FillAsync();
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);

        _bed.Sql(sql);

        var verdict = _bed.Verify();
        Assert.Equal((JournalProof.Broken, "outbox", 10L), (verdict.Proof, verdict.Fault, verdict.ProvenUpTo?.Seq));
    }

    [Theory]
    [InlineData("DELETE FROM outbox", 0)]
    [InlineData("DELETE FROM outbox WHERE seq BETWEEN 6 AND 8", 4)]
    public async Task After_rows_were_taken_from_the_outbox_the_next_start_says_so_and_sends_all_again(string sql, double found)
    {
        await FillAsync();
        _bed.Sql(sql);

        using (var journal = _bed.Open())
        {
            await journal.AppendAsync(_bed.What());
            Assert.Equal(Enumerable.Range(1, 12).Select(seq => (long)seq), journal.Read().Pending(20).Select(entry => entry.Id.Seq).Order());
            Assert.Equal(12, journal.OutboxDepth);
        }

        var told = _bed.Events()[10].What;
        Assert.Equal(("journal.outbox-changed", found, 7d, EventPriority.Alarm), (told.Kind, told.Value, told.Limit, told.Priority));
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
        await _bed.WriteAsync(1);
        Assert.Equal(13, _bed.Events().Count); // and told once
    }

    [Fact]
    public async Task Through_confirmations_boots_and_what_leaves_at_the_old_end_it_stays_proved()
    {
        await FillAsync();
        var opened = new JournalOpening(_bed.Folder, _bed.Options, JournalBed.Device, TimeProvider.System).Open(key: null);
        using (opened.Key)
        using (opened.File)
        {
            var batch = JournalBatch.Of(_bed.What(), _bed.What(priority: EventPriority.Alarm));
            opened.File.Write(batch with { PruneTo = 5, Confirmed = [new(4, 7), new(6, 8), new(100, 200)] }, TimeProvider.System.GetUtcNow());
            opened.File.Publish(flush: true);
            Assert.Equal(4, opened.File.OutboxDepth);
        }

        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
        Assert.Equal([12L, 9, 10, 11], new JournalReader(_bed.Folder.Journal).Pending(10).Select(entry => entry.Id.Seq));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_that_an_older_edgeface_wrote_last_is_intact_and_proved_from_the_next_start_on(bool after)
    {
        await FillAsync();
        AsAnOlderOneWouldLeaveIt(after);
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);

        await _bed.WriteAsync(1);

        Assert.Equal(11, _bed.Events().Count); // nothing to tell
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
        _bed.Sql("DELETE FROM outbox WHERE seq = 9");
        Assert.Equal("outbox", _bed.Verify().Fault);
    }

    [Fact]
    public void The_sum_is_of_what_is_there_in_whatever_order_it_came()
    {
        var sum = OutboxSum.Over([(1, 1), (0, 2), (2, 3)]);
        sum.Take(0, 2);
        sum.Add(1, 4);

        Assert.True(sum.Is(OutboxSum.Over([(1, 4), (2, 3), (1, 1)])));
        Assert.False(sum.Is(OutboxSum.Over([(1, 4), (2, 3), (2, 1)])));
        Assert.False(sum.Is(OutboxSum.Over([(1, 4), (2, 3)])));
        Assert.True(sum.Copy().Is(sum));
        var states = new Dictionary<string, byte[]> { [JournalStates.Outbox] = sum.ToState(5), [JournalStates.Boot] = JournalStates.OfBoot(5) };
        Assert.True(OutboxSum.Of(states)?.Is(sum));
        states[JournalStates.Boot] = JournalStates.OfBoot(6);
        Assert.Null(OutboxSum.Of(states));
    }

    /// <summary>Ten events, the first three of them confirmed.</summary>
    async Task FillAsync()
    {
        using var journal = _bed.Open();
        for (var i = 0; i < 10; i++) await journal.AppendAsync(_bed.What());
        await journal.ConfirmAsync(1, 3);
    }

    /// <summary>Without the outbox's sum; or with one that was right before it confirmed one more event, one boot later.</summary>
    void AsAnOlderOneWouldLeaveIt(bool after)
    {
        using var key = JournalKey.Read(_bed.Folder.JournalKey);
        using var connection = SqliteFile.Connect(_bed.Folder.Journal);
        using var statements = new JournalStatements(connection);
        if (after)
        {
            statements.Put(JournalStates.Boot, JournalStates.OfBoot(2));
            connection.Execute("DELETE FROM outbox WHERE seq = 4");
        }
        else
        {
            connection.Execute("DELETE FROM state WHERE key = $key", ("$key", JournalStates.Outbox));
        }

        var states = JournalRows.States(connection);
        var mark = Assert.Single(JournalRows.Points(connection, PointKind.Mark));
        statements.Put(SignedPoint.Sign(
            key, JournalStates.NameOf(states) ?? default, PointKind.Mark, mark.Number, mark.Boot, mark.Seq, mark.At, mark.Hash, JournalStates.Hash(states)));
    }

    public void Dispose() => _bed.Dispose();
}

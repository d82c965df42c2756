using EdgeFace.Consumer;
using EdgeFace.Wire;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class EventVaultTests : IDisposable
{
    const string Device = SomeEvents.Device;

    readonly ScratchFolder _folder = new();
    EventVault _vault;

    public EventVaultTests() => _vault = new EventVault(_folder["events.db"]);

    public void Dispose()
    {
        _vault.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Each_event_is_kept_once_whole_and_over_restarts()
    {
        Assert.Equal(2, Keep((1, 1), (1, 2)));
        Assert.Equal(1, Keep((1, 2), (1, 3), (1, 3)));
        Restart();
        Assert.Equal(0, Keep((1, 1), (1, 2), (1, 3)));

        Assert.Equal(3, _vault.Count(Device));
        Assert.Equal(["1/3", "1/2"], _vault.Newest(2).Select(body => body.GetProperty("id").GetString()));
        Assert.Equal("front", _vault.Newest(1)[0].GetProperty("data").GetProperty("door").GetString());
    }

    [Fact]
    public void The_same_number_of_another_boot_or_another_device_is_another_event()
    {
        Keep((1, 1));

        Assert.Equal(1, Keep((2, 1)));
        Assert.Equal(1, _vault.Keep([SomeEvents.One(1, 1) with { Device = "door-2" }]));
        Assert.Equal((2, 1), (_vault.Count(Device), _vault.Count("door-2")));
    }

    /// <summary>A receipt covers a whole batch: half of one must not be what is kept.</summary>
    [Fact]
    public void Of_a_batch_that_the_disk_did_not_take_nothing_is_kept_and_it_may_come_again()
    {
        Sql("CREATE TRIGGER full BEFORE INSERT ON event WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'it is full'); END");
        Assert.Throws<SqliteException>(() => Keep((1, 1), (1, 2), (1, 3)));
        Assert.Equal(0, _vault.Count(Device));

        Sql("DROP TRIGGER full");

        Assert.Equal(3, Keep((1, 1), (1, 2), (1, 3)));
    }

    [Fact]
    public void Numbers_that_are_missing_are_holes_from_the_first_number_on()
    {
        Keep((1, 3), (1, 4), (1, 7), (1, 9));

        Assert.Equal([new MissedRange(null, 1, 2), Missed(1, 5, 6), Missed(1, 8, 8)], _vault.Holes(Device));
        Assert.Empty(_vault.Holes("door-2"));
    }

    [Fact]
    public void A_hole_between_two_boots_is_of_neither_and_a_number_that_begins_anew_is_no_hole()
    {
        Keep((1, 1), (1, 2), (2, 5), (3, 1), (3, 3));

        Assert.Equal([new MissedRange(null, 3, 4), Missed(3, 2, 2)], _vault.Holes(Device));
    }

    [Fact]
    public void A_hole_that_is_filled_is_none_any_more_and_what_was_complete_stays_so_over_a_restart()
    {
        Keep((1, 1), (1, 3), (1, 5));
        Assert.Equal([Missed(1, 2, 2), Missed(1, 4, 4)], _vault.Holes(Device));
        Keep((1, 4));
        Assert.Equal([Missed(1, 2, 2)], _vault.Holes(Device));
        Restart();
        Keep((1, 2));
        Assert.Empty(_vault.Holes(Device));

        Keep((1, 7));
        Restart();
        Assert.Equal([Missed(1, 6, 6)], _vault.Holes(Device));
    }

    [Fact]
    public void No_more_holes_are_named_than_one_request_takes_and_then_the_next_ones()
    {
        foreach (var seq in Enumerable.Range(1, 100)) Keep((1, 2 * seq - 1));
        var first = _vault.Holes(Device);
        Assert.Equal((ResendRequest.RangesMax, 2L), (first.Count, first[0].From));

        _vault.Keep([.. first.Select(hole => SomeEvents.One(1, hole.From))]);

        Assert.Equal(
            Enumerable.Range(65, 35).Select(number => 2L * number), _vault.Holes(Device).Select(hole => hole.From));
    }

    [Fact]
    public void What_a_device_says_is_gone_is_asked_for_no_more_and_what_is_beside_it_still_is()
    {
        Keep((1, 10), (1, 20), (2, 30));
        KeepNews(2, 31, "journal.resend-gone", ("from_seq", "12"), ("to_seq", "15"), ("boot", "1"));
        Assert.Equal(
            [new MissedRange(null, 1, 9), Missed(1, 11, 11), Missed(1, 16, 19), new MissedRange(null, 21, 29)],
            _vault.Holes(Device));

        KeepNews(2, 32, "journal.pruned", ("up_to_seq", "17"));
        Restart();

        Assert.Equal([Missed(1, 18, 19), new MissedRange(null, 21, 29)], _vault.Holes(Device));
        Assert.Equal(["journal.pruned", "journal.resend-gone"], _vault.Gone(Device).Select(range => range.Why));
    }

    [Fact]
    public void What_is_gone_of_one_boot_is_not_gone_of_another()
    {
        Keep((1, 1), (1, 2), (2, 3), (2, 6));
        KeepNews(2, 7, "journal.resend-gone", ("from_seq", "4"), ("to_seq", "5"), ("boot", "1"));

        Assert.Equal([Missed(2, 4, 5)], _vault.Holes(Device));
    }

    [Fact]
    public void Numbers_that_a_journal_in_anothers_place_skipped_were_given_to_nothing()
    {
        Keep((1, 1), (1, 2));
        KeepNews(2, 1_000, "journal.replaced", ("last_seq", "2"));

        Assert.Empty(_vault.Holes(Device));
    }

    [Theory]
    [InlineData("journal.pruned", "up_to", "9")]
    [InlineData("journal.pruned", "up_to_seq", "-9")]
    [InlineData("journal.pruned", "up_to_seq", "nine")]
    [InlineData("journal.resend-gone", "from_seq", "1")]
    [InlineData("granted", "up_to_seq", "9")]
    public void What_says_nothing_that_can_be_read_makes_nothing_gone(string kind, string key, string text)
    {
        KeepNews(1, 3, kind, (key, text));

        Assert.Empty(_vault.Gone(Device));
        Assert.Equal([new MissedRange(null, 1, 2)], _vault.Holes(Device));
    }

    int Keep(params ReadOnlySpan<(long Boot, long Seq)> keys) => _vault.Keep(SomeEvents.Of(keys));

    /// <summary>Something that the device says of its own journal.</summary>
    void KeepNews(long boot, long seq, string kind, params ReadOnlySpan<(string Key, string Text)> more) =>
        _vault.Keep([SomeEvents.One(boot, seq, kind, more)]);

    void Restart()
    {
        _vault.Dispose();
        _vault = new EventVault(_folder["events.db"]);
    }

    void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["events.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static MissedRange Missed(long boot, long from, long to) => new(boot, from, to);
}

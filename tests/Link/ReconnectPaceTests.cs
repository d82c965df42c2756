using EdgeFace.Link;
using Xunit;

namespace EdgeFace.Tests.Link;

public sealed class ReconnectPaceTests
{
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public void Pauses_double_to_the_longest_and_lie_between_half_and_whole()
    {
        var pace = new ReconnectPace(Shortest, Longest, new Random(1));

        foreach (var whole in (double[])[1, 2, 4, 8, 16, 32, 60, 60, 60])
            Assert.InRange(pace.Next(TimeSpan.Zero, takenOver: false).TotalSeconds, whole / 2, whole);
    }

    [Fact]
    public void A_connection_that_lasted_begins_anew_and_one_that_broke_at_once_does_not()
    {
        var pace = new ReconnectPace(Shortest, Longest, new Random(1));
        for (var each = 0; each < 10; each++) pace.Next(TimeSpan.Zero, takenOver: false);

        Assert.InRange(pace.Next(TimeSpan.FromSeconds(59), takenOver: false).TotalSeconds, 30, 60);
        Assert.InRange(pace.Next(TimeSpan.FromSeconds(60), takenOver: false).TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void Who_was_taken_over_waits_long_however_good_the_connection_was()
    {
        var pace = new ReconnectPace(Shortest, Longest, new Random(1));

        Assert.InRange(pace.Next(TimeSpan.FromHours(5), takenOver: true).TotalSeconds, 30, 60);
    }

    [Fact]
    public void A_year_of_failures_is_no_overflow()
    {
        var pace = new ReconnectPace(Shortest, Longest, new Random(1));

        for (var each = 0; each < 1_000_000; each++) Assert.InRange(pace.Next(TimeSpan.Zero, takenOver: false).TotalSeconds, 0.5, 60);
    }

    [Fact]
    public void A_thousand_doors_do_not_come_back_at_once()
    {
        var pauses = Enumerable.Range(0, 1000).Select(seed => new ReconnectPace(Longest, Longest, new Random(seed)).Next(TimeSpan.Zero, false)).ToArray();

        Assert.InRange(pauses.GroupBy(pause => (int)pause.TotalSeconds).Max(second => second.Count()), 1, 80); // 33 on average
    }
}

using EdgeFace.Hub.Rollouts;
using Xunit;

namespace EdgeFace.Tests.Hub.Rollouts;

public sealed class HaltJudgeTests
{
    static readonly HaltRule Rule = new();

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.6448536, 0.05)]
    [InlineData(3.0902323, 0.001)]
    [InlineData(4.2648908, 1e-5)]
    public void A_normal_tail_is_the_one_of_the_tables(double z, double chance) => Assert.Equal(1, Chances.AtLeast(z) / chance, 1e-5);

    [Fact]
    public void Exact_chances_are_those_that_are_counted_by_hand()
    {
        Assert.Equal(11.0 / 1024, Chances.Binomial(9, 10, 0.5), 1e-9);
        Assert.Equal(1.0 / 252, Chances.Drawn(5, 5, 5, 10), 1e-9);
        Assert.Equal(1, Chances.Binomial(0, 10, 0.5));
    }

    [Fact]
    public void Chances_that_are_spent_over_all_looks_add_up_to_what_is_allowed() =>
        Assert.InRange(3 * Enumerable.Range(1, 100_000).Sum(look => Rule.ChanceAt(look)), 0.00999, Rule.FalseHaltsMax);

    [Fact]
    public void Three_bad_events_halt_nothing() => Assert.Null(Judge(Deeds(1, 1000, 100), Since(1, 3, 3), Deeds(20, 1000, 100), Since(20, 40, 4)).Reason);

    [Fact]
    public void Most_people_denied_at_one_door_halt_at_the_first_look()
    {
        var verdict = Judge(Deeds(1, 1000, 100), Since(1, 60, 50), Deeds(20, 1000, 100), Since(20, 60, 6));

        Assert.StartsWith("Denials rose from 10.0 % to 83.3 % (50 of 60 decisions) at the changed devices; at the others they went from 10.0 % to 10.0 %", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains("allowed at this look: 1.7e-3", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_odd_day_at_all_doors_is_no_fault_of_the_change() =>
        Assert.Null(Judge(Deeds(2, 1000, 100), Since(2, 100, 50), Deeds(20, 1000, 100), Since(20, 100, 48)).Reason);

    [Fact]
    public void Where_all_have_it_their_own_past_is_what_counts() =>
        Assert.Contains("no other device is left", Judge(Deeds(20, 1000, 100), Since(20, 60, 40), [], []).Reason, StringComparison.Ordinal);

    [Fact]
    public void Restarts_in_a_loop_halt()
    {
        var verdict = HaltJudge.Judge(
            new RolloutSight(
                [new DeviceDeeds(new DeedCounts(1000, 100, 2, 168), new DeedCounts(20, 2, 40, 1))],
                [new DeviceDeeds(new DeedCounts(1000, 100, 2, 168), new DeedCounts(20, 2, 0, 1))], 0, 0, 1), Rule, 1);

        Assert.StartsWith("Errors rose to 40 in 1.0 device hours", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_that_go_away_after_the_change_halt_and_as_many_of_both_do_not()
    {
        Assert.StartsWith("5 of 10 changed devices went offline", Away(10, 5, 90, 2).Reason, StringComparison.Ordinal);
        Assert.Null(Away(10, 5, 90, 45).Reason);
    }

    /// <summary>
    /// 1,000 roll-outs of something harmless to 60 doors: each door with its own rate of denials, its own good and bad hours
    /// (0.4 to 1.6 of its rate), a swing of the whole site from hour to hour, errors in bursts. Four stages, ten looks each.
    /// </summary>
    [Fact]
    public void Noise_alone_halts_at_most_one_of_a_hundred_harmless_roll_outs()
    {
        var halted = Enumerable.Range(0, 1000).Count(seed => new NoisyFleet(seed, 60, harm: 0).Run(Rule) is not null);
        TestContext.Current.TestOutputHelper?.WriteLine($"{halted} of 1000 harmless roll-outs halted");

        Assert.InRange(halted, 0, 10);
    }

    [Fact]
    public void Harm_is_halted_before_many_doors_have_it()
    {
        var doors = Enumerable.Range(0, 200).Select(seed => new NoisyFleet(seed, 60, harm: 0.4).Run(Rule)).ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{doors.Count(each => each is not null)} of 200 harmful roll-outs halted; doors that had it: median {doors.Order().ElementAt(100)}, most {doors.Max()} of 60");

        Assert.All(doors, each => Assert.InRange(each ?? 60, 1, 30));
    }

    static LookVerdict Judge(IReadOnlyList<DeedCounts> before, IReadOnlyList<DeedCounts> since, IReadOnlyList<DeedCounts> othersBefore, IReadOnlyList<DeedCounts> othersSince) =>
        HaltJudge.Judge(
            new RolloutSight(
                [.. before.Zip(since, (one, other) => new DeviceDeeds(one, other))], [.. othersBefore.Zip(othersSince, (one, other) => new DeviceDeeds(one, other))], 0, 0, 1),
            Rule, 1);

    static DeedCounts[] Deeds(int devices, long decisions, long denials) => [.. Enumerable.Repeat(new DeedCounts(decisions, denials, 0, 168), devices)];

    static DeedCounts[] Since(int devices, long decisions, long denials) => [.. Enumerable.Repeat(new DeedCounts(decisions, denials, 0, 1), devices)];

    static LookVerdict Away(int changed, int gone, int others, int othersGone) =>
        HaltJudge.Judge(new RolloutSight(new DeviceDeeds[changed], new DeviceDeeds[others], gone, othersGone, 1), Rule, 1);
}

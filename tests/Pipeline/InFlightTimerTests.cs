using EdgeFace.Pipeline;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class InFlightTimerTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_are_at_work_at_the_same_time()
    {
        // Each waits for all others: with fewer at once none would ever be done.
        using var meeting = new Barrier(4);
        var timer = new InFlightTimer([.. Enumerable.Repeat(() => meeting.SignalAndWait(Stop), 4)], TimeProvider.System);

        await timer.RunAsync(TimeSpan.Zero, Stop);

        Assert.Equal((4, 4), (timer.Timing.Requests, timer.Timing.Count));
    }

    [Fact]
    public async Task Slices_add_up_and_each_counts_one_piece_of_work_at_least()
    {
        var done = 0;
        var timer = new InFlightTimer([() => done++], TimeProvider.System);

        await timer.RunAsync(TimeSpan.Zero, Stop);
        await timer.RunAsync(TimeSpan.FromMilliseconds(20), Stop);

        Assert.Equal(done, timer.Timing.Count);
        Assert.True(done > 2);
        Assert.True(timer.Timing.P50Ms <= timer.Timing.P95Ms);
        Assert.InRange(timer.Timing.PerSecond, 1, done / 0.020);
    }

    [Fact]
    public async Task A_fault_of_one_ends_the_measurement()
    {
        var timer = new InFlightTimer([() => { }, () => throw new InvalidOperationException("broken")], TimeProvider.System);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => timer.RunAsync(TimeSpan.Zero, Stop));

        Assert.Equal("broken", fault.Message);
    }
}

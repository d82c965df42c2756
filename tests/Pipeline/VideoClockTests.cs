using EdgeFace.Pipeline;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class VideoClockTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_never_runs_backwards()
    {
        var clock = new VideoClock(Start);
        var random = new Random(5);
        var (stamp, wall) = (clock.GetTimestamp(), clock.GetUtcNow());
        for (var i = 0; i < 1000; i++)
        {
            clock.MoveTo(TimeSpan.FromSeconds(random.NextDouble() * 100 - 10));
            Assert.True(clock.GetTimestamp() >= stamp && clock.GetUtcNow() >= wall);
            (stamp, wall) = (clock.GetTimestamp(), clock.GetUtcNow());
        }
    }

    [Fact]
    public void Wall_time_and_elapsed_time_tell_the_same()
    {
        var clock = new VideoClock(Start);
        var began = clock.GetTimestamp();

        clock.MoveTo(TimeSpan.FromSeconds(2.5));
        clock.MoveTo(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(2.5), clock.GetElapsedTime(began));
        Assert.Equal(Start.AddSeconds(2.5), clock.GetUtcNow());
    }
}

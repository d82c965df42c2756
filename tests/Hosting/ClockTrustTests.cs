using EdgeFace.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ClockTrustTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public void Before_anybody_looked_it_is_not_trusted() => Assert.False(Trust(Now).IsTrusted);

    [Fact]
    public void A_clock_that_goes_on_is_trusted_and_lifts_the_floor()
    {
        var trust = Trust(Now.AddDays(-3));
        for (var i = 0; i < 1000; i++)
        {
            trust.Look();
            Assert.True(trust.IsTrusted);
            _time.Advance(TimeSpan.FromSeconds(7));
        }

        Assert.Equal(Now.AddSeconds(7 * 999), trust.Floor);
    }

    [Theory]
    [InlineData(-56 * 365, ClockFault.BeforeFloor)] // 1970
    [InlineData(-10, ClockFault.BeforeFloor)]
    [InlineData(1, ClockFault.Jumped)]
    [InlineData(3650, ClockFault.Jumped)]
    public void A_jump_loses_trust_and_a_return_brings_it_back(int days, ClockFault expected)
    {
        var time = new JumpingClock(Now);
        var trust = new ClockTrust(new ClockOptions(), time, () => false, Now.AddHours(-1));
        trust.Look();
        Assert.True(trust.IsTrusted);

        time.Jump(TimeSpan.FromDays(days));

        Assert.True(trust.Look(), "the loss is said once");
        Assert.Equal(expected, trust.Fault);
        Assert.Equal(days, trust.Off.TotalDays, 0);
        time.Advance(TimeSpan.FromHours(30));
        Assert.False(trust.Look());
        Assert.Equal(expected, trust.Fault);
        time.Jump(TimeSpan.FromDays(-days));
        Assert.True(trust.Look());
        Assert.True(trust.IsTrusted);
    }

    [Fact]
    public void A_disciplined_clock_may_jump_ahead_but_not_before_the_floor()
    {
        var time = new JumpingClock(Now);
        var trust = new ClockTrust(new ClockOptions(), time, () => true, Now.AddDays(-1));
        trust.Look();
        time.Jump(TimeSpan.FromDays(500));
        trust.Look();
        Assert.True(trust.IsTrusted);

        time.Jump(TimeSpan.FromDays(-20_000));

        trust.Look();
        Assert.Equal(ClockFault.BeforeFloor, trust.Fault);
    }

    [Fact]
    public void A_start_far_after_the_floor_is_not_believed_until_somebody_vouches()
    {
        var trust = Trust(Now.AddDays(-3650));
        trust.Look();
        Assert.Equal(ClockFault.FarAhead, trust.Fault);

        trust.Vouch();

        trust.Look();
        Assert.True(trust.IsTrusted);
        Assert.Equal(Now, trust.Floor);
    }

    [Fact]
    public void An_operator_may_vouch_for_a_time_before_the_floor()
    {
        var trust = Trust(Now.AddDays(30));
        trust.Look();
        Assert.Equal(ClockFault.BeforeFloor, trust.Fault);

        trust.Vouch();
        _time.Advance(TimeSpan.FromSeconds(5));
        trust.Look();

        Assert.True(trust.IsTrusted);
    }

    [Fact]
    public void The_kernel_answers_without_a_right() => _ = KernelClock.IsDisciplined();

    ClockTrust Trust(DateTimeOffset floor) => new(new ClockOptions(), _time, () => false, floor);

    /// <summary>A wall clock that somebody sets, over a monotonic one that nobody can.</summary>
    sealed class JumpingClock(DateTimeOffset start) : TimeProvider
    {
        DateTimeOffset _wall = start;
        long _stamp;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _stamp;

        public void Jump(TimeSpan by) => _wall += by;

        public void Advance(TimeSpan by) => (_wall, _stamp) = (_wall + by, _stamp + by.Ticks);
    }
}

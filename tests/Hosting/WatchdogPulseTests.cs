using EdgeFace.Hosting;
using EdgeFace.Keeping;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class WatchdogPulseTests : IDisposable
{
    readonly NotifySocket _systemd = new();
    readonly FakeTimeProvider _time = new();
    readonly SystemdNotify _notify;
    readonly WatchdogPulse _pulse;

    public WatchdogPulseTests()
    {
        _notify = new SystemdNotify(_systemd.Address, _time);
        _pulse = New(TimeSpan.FromSeconds(30));
    }

    public void Dispose()
    {
        _pulse.Dispose();
        _notify.Dispose();
        _systemd.Dispose();
    }

    [Fact]
    public void Systemd_is_told_only_when_every_loop_has_gone_round_since_it_was_told_last()
    {
        var (front, back) = (_pulse.Loop("door front"), _pulse.Loop("door back"));

        Assert.False(_pulse.Pulse());
        front.Tick();
        Assert.False(_pulse.Pulse());
        back.Tick();
        Assert.True(_pulse.Pulse());
        Assert.Equal("WATCHDOG=1", _systemd.Next());

        Assert.False(_pulse.Pulse());
        back.Tick();
        back.Tick();
        Assert.False(_pulse.Pulse());
        Assert.True(_systemd.IsEmpty);
        front.Tick();
        Assert.True(_pulse.Pulse());
    }

    [Fact]
    public void A_loop_that_ended_on_purpose_is_waited_for_no_more()
    {
        var (front, back) = (_pulse.Loop("door front"), _pulse.Loop("door back"));
        front.Tick();
        Assert.False(_pulse.Pulse());

        back.Dispose();

        Assert.True(_pulse.Pulse());
    }

    [Fact]
    public async Task It_pulses_three_times_within_the_limit_and_falls_silent_with_a_dead_loop()
    {
        using var loop = _pulse.Loop("door front");
        await _pulse.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            loop.Tick();
            await AdvanceUntilAsync(() => !_systemd.IsEmpty);
            Assert.Equal("WATCHDOG=1", _systemd.Next());
            Assert.False(loop.HasTicked);
        }

        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.True(_systemd.IsEmpty);
        await _pulse.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Where_nobody_watches_there_is_no_timer()
    {
        using var pulse = New(limit: null);
        using var loop = pulse.Loop("door front");
        await pulse.StartAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(pulse.ExecuteTask);

        await pulse.ExecuteTask.WaitAsync(TestContext.Current.CancellationToken);

        Assert.True(_systemd.IsEmpty);
    }

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "77", 30.0)]
    [InlineData("30000000", "78", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("99999999999999999", null, null)]
    public void The_limit_is_what_systemd_asks_of_this_process(string? microseconds, string? process, double? seconds)
    {
        var limit = SystemdNotify.WatchdogLimit(name => name == "WATCHDOG_USEC" ? microseconds : process, process: 77);

        Assert.Equal(seconds, limit?.TotalSeconds);
    }

    /// <summary>A tick of the timer is taken up by another thread: until it is, no other one falls due.</summary>
    async Task AdvanceUntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    WatchdogPulse New(TimeSpan? limit) => new(_notify, limit, _time, NullLogger<WatchdogPulse>.Instance);
}

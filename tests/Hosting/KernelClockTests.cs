using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>What systemd-timesyncd leaves for others to see: all that a service without adjtimex has.</summary>
public sealed class KernelClockTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(-2, true)]
    [InlineData(2048, true)]
    [InlineData(4096, true)]
    [InlineData(4097, false)] // it follows no server any more
    [InlineData(-6, false)] // the clock was set back since
    [InlineData(7 * 24 * 3600, false)] // the clock was set ahead since
    public void A_clock_is_disciplined_for_as_long_as_the_time_service_goes_on_asking(int secondsAgo, bool expected)
    {
        var file = _folder["synchronized"];
        File.WriteAllBytes(file, []);
        File.SetLastWriteTimeUtc(file, Now.UtcDateTime.AddSeconds(-secondsAgo));
        Assert.Equal(expected, KernelClock.WasSynchronized(file, Now));
    }

    [Fact]
    public void A_machine_without_a_time_service_is_not_disciplined() =>
        Assert.False(KernelClock.WasSynchronized(_folder["nobody", "synchronized"], Now));

    public void Dispose() => _folder.Dispose();
}

using EdgeFace.Cli;
using EdgeFace.Hosting;
using EdgeFace.Profiles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class SensorWatchTests : IDisposable
{
    static readonly HardwareSensors Sensors = new([new HardwareSensor("in", "/sys/power", SensorUnit.MilliWatt)]);

    readonly ScratchFolder _root = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task It_looks_every_ten_seconds_and_keeps_the_last()
    {
        var time = new FakeTimeProvider();
        using var watch = new SensorWatch(Reader(Sensors, time), time);
        Write("5000");
        await watch.StartAsync(Stop);
        await Eventually.TrueAsync(() => watch.Latest is [{ Value: 5 }]);
        Write("6000");
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return watch.Latest is [{ Value: 6 }];
        });

        await watch.StopAsync(Stop);
    }

    [Fact]
    public async Task Energy_is_power_by_the_time_of_a_decision()
    {
        Write("5000");

        var timing = await BenchEnergy.MeasureAsync(
            Reader(Sensors, TimeProvider.System), Spin, TimeSpan.FromSeconds(0.5), TimeProvider.System, Stop);

        Assert.Equal("in", timing?.Sensor);
        Assert.True(timing?.JoulesPerDecision >= 5 * 0.02); // 5 W, for 20 ms or, where the machine is busy, more

        static void Spin()
        {
            var start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMilliseconds(20)) Thread.SpinWait(100);
        }
    }

    [Fact]
    public async Task Without_a_sensor_of_power_there_is_no_energy() =>
        Assert.Null(await BenchEnergy.MeasureAsync(Reader(Sensors, TimeProvider.System), () => { }, TimeSpan.Zero, TimeProvider.System, Stop));

    SensorReader Reader(HardwareSensors sensors, TimeProvider time) => new(new MachineRoot(_root.Path), sensors, time);

    void Write(string text)
    {
        Directory.CreateDirectory(_root["sys"]);
        File.WriteAllText(_root["sys", "power"], text);
    }
}

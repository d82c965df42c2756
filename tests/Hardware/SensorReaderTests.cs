using EdgeFace.Documents;
using EdgeFace.Profiles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hardware;

public sealed class SensorReaderTests : IDisposable
{
    static readonly IReadOnlyDictionary<string, HardwareProfile> Profiles =
        HardwareProfile.All(Path.Combine(AppContext.BaseDirectory, "device-profiles", "hardware"));

    readonly ScratchFolder _root = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("jetson-nano", "jetson-nano", "in 2.386 W, gpu 0.04 W, cpu 0.483 W, cpu 34 C, gpu 31 C, always-on 41.5 C")] // old iio
    [InlineData("jetson-nano-2gb", "jetson-nano", "in ? W, gpu ? W, cpu ? W, cpu 34 C, gpu 31 C, always-on 41.5 C")] // it has no INA3221
    [InlineData("jetson-tx2", "jetson-tx2", "in 3.9 W, cpu 0.54 W, gpu 0.15 W, cpu 38.5 C, denver 38.5 C, gpu 36.5 C, board 34 C")]
    [InlineData("jetson-tx2-nx", "jetson-tx2", "in 3.1 W, cpu ? W, gpu ? W, cpu 38.5 C, denver 38.5 C, gpu 36.5 C, board ? C")]
    [InlineData("jetson-xavier-jetpack4", "jetson-xavier", "in 4.4 W, cpu 39.5 C, gpu 38 C, always-on 38.5 C")] // old iio
    [InlineData("jetson-xavier", "jetson-xavier", "in 4.3648 W, cpu 39.5 C, gpu 38 C, always-on 38.5 C")] // hwmon: volts times amperes
    [InlineData("jetson-orin", "jetson-orin", "in 4.6 W, gpu-soc ? W, cpu-cv ? W, system-5v ? W, cpu 43.531 C, gpu 45.75 C, junction 49.562 C")]
    [InlineData("jetson-orin-agx", "jetson-orin", "in ? W, gpu-soc 3.04 W, cpu-cv 0.76 W, system-5v 4 W, cpu 47.4 C, gpu 43 C, junction 47.4 C")]
    [InlineData("coral-edge-tpu", "coral-edge-tpu", "edge-tpu 45 C")]
    [InlineData("rpi5", "rpi5", "cpu 48.5 C")]
    [InlineData("laptop", "x64-cpu", "cpu-package ? W, cpu 46 C")] // RAPL is not for everybody
    [InlineData("tesla-t4", "tesla-t4", "gpu0 13.51 W, gpu0 41 C")]
    [InlineData("tesla-t4-no-driver", "tesla-t4", "gpu0 ? W, gpu0 ? C")]
    [InlineData("nvidia-vgpu", "nvidia-vgpu", "gpu0 ? W, gpu0 ? C")] // [N/A]
    [InlineData("intel-pac-a10", "intel-pac-a10", "board 27.75 W, fpga-core 73 C, board 47 C, core-supply 75.96 C")]
    public async Task Each_machine_says_what_it_draws_and_how_warm_it_is(string machine, string profile, string said)
    {
        using var recorded = new RecordedMachine(machine);
        var sensors = Profiles[profile].Sensors ?? new HardwareSensors();

        var read = await new SensorReader(recorded.Root, sensors, TimeProvider.System, recorded.Program).ReadAsync(Stop);

        Assert.Equal(said, string.Join(", ", read.Select(each => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{each.Name} {(each.Value is { } value ? Math.Round(value, 4) : "?")} {(each.Quantity is SensorQuantity.Power ? "W" : "C")}"))));
    }

    [Theory]
    [InlineData("")] // EAGAIN reads as nothing
    [InlineData("Not Supported")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    public async Task What_is_no_number_is_unknown(string text)
    {
        Write("sys/class/hwmon/hwmon0/temp1_input", text);

        Assert.Null(Assert.Single(await Reader(new HardwareSensors(Temperature: [Sensor("/sys/class/hwmon/hwmon*/temp1_input", SensorUnit.MilliCelsius)])).ReadAsync(Stop)).Value);
    }

    [Fact]
    public async Task A_counter_of_energy_gives_the_power_between_two_looks()
    {
        var time = new FakeTimeProvider();
        var reader = Reader(new HardwareSensors([Sensor("/sys/class/powercap/intel-rapl:0/energy_uj", SensorUnit.MicroJoule)]), time);
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        var first = await reader.ReadAsync(Stop);
        time.Advance(TimeSpan.FromSeconds(2));
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "31000000");
        var second = await reader.ReadAsync(Stop);
        time.Advance(TimeSpan.FromSeconds(2));
        Write("sys/class/powercap/intel-rapl:0/energy_uj", "5"); // it began anew

        Assert.Equal([null, 15, null], new[] { first[0].Value, second[0].Value, (await reader.ReadAsync(Stop))[0].Value });
    }

    [Fact]
    public async Task Of_several_files_the_first_that_answers_and_has_the_label_counts()
    {
        foreach (var (number, name, value) in new[] { (0, "nvme", "61000"), (1, "k10temp", ""), (2, "k10temp", "47000"), (10, "k10temp", "99000") })
        {
            Write($"sys/class/hwmon/hwmon{number}/name", name);
            Write($"sys/class/hwmon/hwmon{number}/temp1_input", value);
        }

        var read = await Reader(new HardwareSensors(Temperature: [Sensor("/sys/class/hwmon/hwmon*/temp1_input", SensorUnit.MilliCelsius) with { Where = "name", Is = "k10temp" }])).ReadAsync(Stop);

        Assert.Equal(new SensorReading("any", SensorQuantity.Temperature, 47, "/sys/class/hwmon/hwmon2/temp1_input"), Assert.Single(read));
    }

    [Fact]
    public async Task A_command_that_hangs_is_killed_within_two_seconds_with_what_it_started()
    {
        var pid = _root["pid"];
        Script("nvidia-smi", $"sleep 600 & echo $! > {pid}; wait");
        var began = TimeProvider.System.GetTimestamp();

        var read = await Reader(new HardwareSensors(Command: SensorCommand.NvidiaSmi)).ReadAsync(Stop);

        Assert.All(read, each => Assert.Null(each.Value));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), SensorCommands.AnswerMost, TimeSpan.FromSeconds(4));
        var child = (await File.ReadAllTextAsync(pid, Stop)).Trim();
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{child}") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("exit 9")]
    [InlineData("echo 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'; exit 9")]
    [InlineData("yes | head -c 300000")]
    public async Task A_command_that_fails_or_chatters_says_nothing(string script)
    {
        Script("nvidia-smi", script);

        Assert.DoesNotContain(await Reader(new HardwareSensors(Command: SensorCommand.NvidiaSmi)).ReadAsync(Stop), each => each.Value is not null);
    }

    [Fact]
    public void Each_card_of_nvidia_is_counted() => Assert.Equal(
        [("gpu0", 27.31), ("gpu0", 44), ("gpu1", null), ("gpu1", 35)],
        SensorCommands.OfNvidia("27.31, 44\n[Not Supported], 35\n").Select(each => (each.Name, each.Value)));

    [Fact]
    public void A_card_that_says_no_watts_says_volts_and_amperes() => Assert.Equal(
        37.06, Assert.Single(SensorCommands.OfBackplane("( 2) 12v Backplane Current          : 3.02 Amps\n( 3) 12v Backplane Voltage          : 12.27 Volts\n")).Value ?? 0, 2);

    [Theory]
    [InlineData("""{ "power": [{ "name": "in", "path": "/sys/a", "unit": "mC" }] }""", "power is no temperature")]
    [InlineData("""{ "temperature": [{ "name": "in", "path": "/sys/a", "unit": "mW" }] }""", "a temperature is in C or mC")]
    [InlineData("""{ "power": [{ "name": "in", "path": "/sys/a", "unit": "mW", "where": "name" }] }""", "where and is belong together")]
    [InlineData("""{ "power": [{ "name": "in", "path": "/etc/shadow", "unit": "mW" }] }""", "$.power[0].path")]
    [InlineData("""{ "command": "rm -rf /" }""", "one of nvidia-smi, fpgainfo")]
    public void A_sensor_that_makes_no_sense_is_refused(string json, string fault) =>
        Assert.Contains(fault, Assert.Throws<DocumentException>(() => StrictJson.Parse<HardwareSensors>(json, "test")).Message, StringComparison.Ordinal);

    static HardwareSensor Sensor(string path, SensorUnit unit) => new("any", path, unit);

    SensorReader Reader(HardwareSensors sensors, TimeProvider? time = null) => new(new MachineRoot(_root.Path), sensors, time ?? TimeProvider.System, name => _root[name]);

    void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path]) ?? "/");
        File.WriteAllText(_root[path], text);
    }

    void Script(string name, string script)
    {
        File.WriteAllText(_root[name], $"#!/bin/sh\n{script}\n");
        RecordedMachine.MakeProgram(_root[name]);
    }
}

using System.Globalization;

namespace EdgeFace.Profiles;

/// <summary>
/// Reads the sensors of a profile. One that is not there, sleeps (EAGAIN), says "Not Supported" or no number is unknown and no
/// fault. A counter of energy needs two looks, and gives the mean power between them.
/// </summary>
/// <param name="root">Whose files.</param>
/// <param name="sensors">Of the profile.</param>
/// <param name="time">Between two looks at a counter.</param>
/// <param name="program">Where a command lies; null: where the system finds it.</param>
sealed class SensorReader(MachineRoot root, HardwareSensors sensors, TimeProvider time, Func<string, string>? program = null)
{
    readonly Dictionary<string, (double Joules, long Stamp)> _counted = new(StringComparer.Ordinal);

    /// <summary>A counter is among them: the first look says nothing of it.</summary>
    public bool Counts => (sensors.Power ?? []).Any(sensor => sensor.Unit is SensorUnit.MicroJoule);

    /// <summary>Takes 2 s at most for each question to a command, and no time to speak of without one.</summary>
    public async Task<IReadOnlyList<SensorReading>> ReadAsync(CancellationToken stop)
    {
        var found = new List<SensorReading>();
        found.AddRange(OfFiles(sensors.Power ?? [], SensorQuantity.Power));
        found.AddRange(OfFiles(sensors.Temperature ?? [], SensorQuantity.Temperature));
        if (sensors.Command is { } command) found.AddRange(await SensorCommands.AskAsync(command, program, time, stop));
        return found;
    }

    IEnumerable<SensorReading> OfFiles(IReadOnlyList<HardwareSensor> asked, SensorQuantity quantity) =>
        from same in asked.GroupBy(sensor => sensor.Name, StringComparer.Ordinal)
        let said = same.SelectMany(Read).FirstOrDefault(each => each.Value is not null)
        select new SensorReading(same.Key, quantity, said.Value, said.File ?? same.First().Path);

    IEnumerable<(string? File, double? Value)> Read(HardwareSensor sensor) =>
        from file in root.Find(sensor.Path)
        let folder = Path.GetDirectoryName(file) ?? "/"
        where sensor.Where is null || root.Line($"{folder}/{sensor.Where}") == sensor.Is
        let value = Number(root.Line(file)) * (sensor.Times is null ? 1 : Number(root.Line($"{folder}/{sensor.Times}")))
        where value is not null
        select ((string?)file, InUnit(sensor.Unit, file, value.Value));

    double? InUnit(SensorUnit unit, string file, double value) => unit switch
    {
        SensorUnit.MilliWatt or SensorUnit.MilliCelsius => value / 1e3,
        SensorUnit.MicroWatt => value / 1e6,
        SensorUnit.MicroJoule => Rate(file, value / 1e6),
        _ => value,
    };

    /// <summary>Null at the first look, and where the counter began anew.</summary>
    double? Rate(string file, double joules)
    {
        var now = time.GetTimestamp();
        var known = _counted.TryGetValue(file, out var before);
        _counted[file] = (joules, now);
        var seconds = known ? time.GetElapsedTime(before.Stamp, now).TotalSeconds : 0;
        return seconds > 0 && joules >= before.Joules ? (joules - before.Joules) / seconds : null;
    }

    static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using EdgeFace.Documents;

namespace EdgeFace.Profiles;

/// <summary>Where a machine's power and temperature stand.</summary>
/// <param name="Power">The whole machine's first, where there is one of it.</param>
/// <param name="Temperature">Of what is warm.</param>
/// <param name="Command">A program that says both, where no file does.</param>
sealed record HardwareSensors(
    [property: Length(1, 16)] IReadOnlyList<HardwareSensor>? Power = null,
    [property: Length(1, 16)] IReadOnlyList<HardwareSensor>? Temperature = null,
    SensorCommand? Command = null)
{
    /// <summary>What no single value can know.</summary>
    internal void Check(DocumentCheck check)
    {
        foreach (var (index, sensor) in (Power ?? []).Index())
        {
            if (sensor.Unit is SensorUnit.Celsius or SensorUnit.MilliCelsius)
                check.Fault("power is no temperature: it is in W, mW, uW or, as a counter of energy, uJ", "power", index, "unit");
        }

        foreach (var (index, sensor) in (Temperature ?? []).Index())
        {
            if (sensor.Unit is not (SensorUnit.Celsius or SensorUnit.MilliCelsius))
                check.Fault("a temperature is in C or mC", "temperature", index, "unit");
        }
    }
}

/// <summary>One figure of sysfs. Of several files that fit, and of several sensors of one name, the first that answers counts.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Path">Of the file; each part may have <c>*</c>.</param>
/// <param name="Unit">Of the figure in it, or of the product.</param>
/// <param name="Times">A file beside it whose figure it is multiplied with: volts with amperes.</param>
/// <param name="Where">A file beside it that must hold <paramref name="Is"/>: a label or a type.</param>
/// <param name="Is">What it must hold.</param>
sealed record HardwareSensor(
    [property: RegularExpression("[a-z0-9][a-z0-9-]{0,31}")] string Name,
    [property: RegularExpression("/sys/[A-Za-z0-9_.:*/-]+")] string Path,
    SensorUnit Unit,
    [property: RegularExpression("[A-Za-z0-9_]+")] string? Times = null,
    [property: RegularExpression("[A-Za-z0-9_]+")] string? Where = null,
    string? Is = null)
{
    /// <summary>What no single value can know.</summary>
    internal void Check(DocumentCheck check)
    {
        if (Where is null != Is is null) check.Fault("where and is belong together: a file beside the sensor's, and what it must hold", "where");
    }
}

/// <summary>What one unit of a sensor's figure is.</summary>
enum SensorUnit
{
    [JsonStringEnumMemberName("W")]
    Watt,

    [JsonStringEnumMemberName("mW")]
    MilliWatt,

    [JsonStringEnumMemberName("uW")]
    MicroWatt,

    /// <summary>A counter of energy: its rate is power.</summary>
    [JsonStringEnumMemberName("uJ")]
    MicroJoule,

    [JsonStringEnumMemberName("C")]
    Celsius,

    [JsonStringEnumMemberName("mC")]
    MilliCelsius,
}

/// <summary>A program that is asked for power and temperature.</summary>
enum SensorCommand
{
    /// <summary>Of NVIDIA's driver.</summary>
    NvidiaSmi,

    /// <summary>Of Intel's FPGA cards.</summary>
    Fpgainfo,
}

using System.Globalization;

namespace EdgeFace.Profiles;

/// <summary>Power and temperature, as they are now.</summary>
static class SensorFindings
{
    /// <summary>Silicon of these machines slows itself down from about there; an Edge TPU and a T4 sooner.</summary>
    const double HotCelsius = 90;

    public static IEnumerable<Finding> Of(IReadOnlyList<SensorReading> readings)
    {
        if (readings.All(reading => reading.Value is null || reading.Quantity is not SensorQuantity.Power))
        {
            var asked = readings.FirstOrDefault(reading => reading.Quantity is SensorQuantity.Power);
            yield return Finding.Ok("power", asked is null ? "no sensor: nothing here says what it draws" : $"unknown: {asked.Source} does not say");
        }

        foreach (var reading in readings.Where(reading => reading.Value is not null))
        {
            var value = reading.Value ?? 0;
            if (reading.Quantity is SensorQuantity.Power)
                yield return Finding.Ok("power", string.Create(CultureInfo.InvariantCulture, $"{reading.Name} {value:F2} W ({reading.Source})"));
            else if (value < HotCelsius)
                yield return Finding.Ok("temperature", string.Create(CultureInfo.InvariantCulture, $"{reading.Name} {value:F0} degrees ({reading.Source})"));
            else
                yield return Finding.Warn("temperature", string.Create(CultureInfo.InvariantCulture, $"{reading.Name} {value:F0} degrees ({reading.Source})"), "cool it: such chips slow down at this heat, and the door with them");
        }
    }
}

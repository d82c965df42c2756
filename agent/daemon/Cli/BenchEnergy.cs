using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>What a decision costs, as a sensor of power sees it.</summary>
/// <param name="JoulesPerDecision">Mean power times the time of one decision after the other.</param>
/// <param name="Sensor">Of the profile: the whole machine where there is one of it.</param>
sealed record EnergyTiming(double JoulesPerDecision, string Sensor);

/// <summary>Decides as fast as it can, and looks at the power meanwhile.</summary>
static class BenchEnergy
{
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    /// <summary>Null where no sensor of power answers.</summary>
    /// <param name="reader">Of this machine's sensors.</param>
    /// <param name="decide">One decision.</param>
    /// <param name="budget">For so long.</param>
    /// <param name="time">Whose clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<EnergyTiming?> MeasureAsync(
        SensorReader reader, Action decide, TimeSpan budget, TimeProvider time, CancellationToken stop)
    {
        _ = await PowerAsync(reader, stop); // a counter has to be looked at twice
        await Task.Delay(Between, time, stop);
        if (await PowerAsync(reader, stop) is not { } first) return null;

        var deciding = Task.Run(() => Decide(decide, budget, time, stop), stop);
        var watts = new List<double>();
        while (!deciding.IsCompleted)
        {
            await Task.Delay(Between, time, stop);
            if (await PowerAsync(reader, stop) is { } power && power.Name == first.Name) watts.Add(power.Value ?? 0);
        }

        var (decisions, seconds) = await deciding;
        return watts.Count == 0 ? null : new EnergyTiming(watts.Average() * seconds / decisions, first.Name);
    }

    static (int Decisions, double Seconds) Decide(Action decide, TimeSpan budget, TimeProvider time, CancellationToken stop)
    {
        var (began, decisions) = (time.GetTimestamp(), 0);
        do
        {
            decide();
            decisions++;
        }
        while (time.GetElapsedTime(began) < budget && !stop.IsCancellationRequested);

        return (decisions, time.GetElapsedTime(began).TotalSeconds);
    }

    static async Task<SensorReading?> PowerAsync(SensorReader reader, CancellationToken stop) => (await reader.ReadAsync(stop))
        .FirstOrDefault(reading => reading is { Quantity: SensorQuantity.Power, Value: not null });
}

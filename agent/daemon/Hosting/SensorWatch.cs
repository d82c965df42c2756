using EdgeFace.Profiles;
using Microsoft.Extensions.Hosting;

namespace EdgeFace.Hosting;

/// <summary>
/// Looks at power and temperature now and then, beside the doors and in no hurry: a vendor's program that hangs costs its own loop two
/// seconds, and nobody else any.
/// </summary>
sealed class SensorWatch(SensorReader reader, TimeProvider time) : BackgroundService
{
    /// <summary>A program may be started for it: more often would cost more than the figures are worth.</summary>
    static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    volatile IReadOnlyList<SensorReading> _latest = [];

    /// <summary>Of the last look; empty before the first.</summary>
    public IReadOnlyList<SensorReading> Latest => _latest;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the host's start waits for nobody's sensors
        while (!stoppingToken.IsCancellationRequested)
        {
            _latest = await reader.ReadAsync(stoppingToken);
            await Task.Delay(Every, time, stoppingToken);
        }
    }
}

using System.Data.Common;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Hosting;

/// <summary>
/// Keeps systemd's watchdog quiet for as long as the program can still ask its database something. One that answers with a fault, or late,
/// does not count against the program: a restart would not cure it, and events wait at the devices.
/// </summary>
sealed class ServicePulse(SystemdNotify notify, IDatabase database, TimeProvider time) : BackgroundService
{
    /// <summary>Three chances within the limit.</summary>
    const int PulsesPerLimit = 3;

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        if (SystemdNotify.WatchdogLimit(Environment.GetEnvironmentVariable, Environment.ProcessId) is not { } limit || !notify.IsOn) return;

        using var timer = new PeriodicTimer(limit / PulsesPerLimit, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            await AskAsync(limit / PulsesPerLimit, stop);
            notify.Watchdog();
        }
    }

    async Task AskAsync(TimeSpan patience, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            await using var connection = await database.OpenAsync(either.Token);
            await connection.NumberAsync("SELECT 1", [], either.Token);
        }
        catch (Exception e) when (e is DbException or OperationCanceledException)
        {
            // Said by what needs it.
        }
    }
}

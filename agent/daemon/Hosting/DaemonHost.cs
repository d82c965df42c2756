using EdgeFace.Inference;
using EdgeFace.Keeping;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>What the daemon is started with.</summary>
/// <param name="File">Profile and site.</param>
/// <param name="Catalog">The model cards.</param>
/// <param name="Data">Gallery, journal and models.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Time">All clocks.</param>
/// <param name="Variable">The process's environment.</param>
/// <param name="LogFrom">What is less than that is not said.</param>
/// <param name="Hardware">Of the machine; null: no profile fits it.</param>
sealed record DaemonStart(
    ProfileFile File, ModelCatalog Catalog, StateFolder Data, string Version, TimeProvider Time, Func<string, string?> Variable,
    LogLevel LogFrom = LogLevel.Information, HardwareProfile? Hardware = null);

/// <summary>
/// The daemon as a process: doors first, then whoever may talk to them, then word to the service manager that all is ready;
/// at the end the same backwards. A loop that fails ends the process with <see cref="Fault"/>: the service manager starts it anew,
/// and the doors start in their declared state.
/// </summary>
static class DaemonHost
{
    /// <summary>EX_SOFTWARE: a fault of the program.</summary>
    public const int Fault = 70;

    static readonly TimeSpan DrainMost = TimeSpan.FromSeconds(2);

    /// <param name="start">With what.</param>
    /// <param name="started">Called when all is ready.</param>
    /// <param name="stop">Ends it in order.</param>
    /// <returns>0 when it was told to end, <see cref="Fault"/> when something failed.</returns>
    public static async Task<int> RunAsync(DaemonStart start, Action<DoorDaemon>? started, CancellationToken stop)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        Logs.Use(builder.Logging, start.Variable).SetMinimumLevel(start.LogFrom);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainMost);
        using var notify = SystemdNotify.Of(start.Variable, start.Time);
        builder.Services.AddSingleton(services => new WatchdogPulse(
            notify, SystemdNotify.WatchdogLimit(start.Variable, Environment.ProcessId), start.Time,
            services.GetRequiredService<ILogger<WatchdogPulse>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<WatchdogPulse>());
        if (start.Hardware?.Sensors is { } sensors)
        {
            builder.Services.AddSingleton(new SensorWatch(new SensorReader(MachineRoot.Here, sensors, start.Time), start.Time));
            builder.Services.AddHostedService(services => services.GetRequiredService<SensorWatch>());
        }

        using var host = builder.Build();
        var logs = host.Services.GetRequiredService<ILoggerFactory>();
        using var metrics = new Metrics();

        await using var daemon = await DoorDaemon.OpenAsync(
            start, logs.CreateLogger<DoorDaemon>(), host.Services.GetRequiredService<WatchdogPulse>(), stop);
        using var export = MetricsExport.Start(
            start.File.Profile.Metrics ?? new MetricsOptions(), start.File.Profile.DeviceName, start.Version);
        DaemonMetrics.Attach(daemon, metrics);
        if (host.Services.GetService<SensorWatch>() is { } watch) metrics.Sensors(() => watch.Latest);
        var options = start.File.Profile.Control ?? new ControlOptions();
        var desk = new DaemonControl(daemon, start.Version).Desk(logs);
        using var socket = new ControlSocket(
            ControlPath.Choose(start.Variable, () => start.Data), options, ControlRoles.Of(options), desk, start.Time,
            logs.CreateLogger<ControlSocket>());
        await using var cloud = CloudConnection.Open(daemon, desk, start.Version, logs.CreateLogger<DaemonCloud>());
        if (cloud is not null) DaemonMetrics.Attach(cloud, metrics);

        await host.StartAsync(stop);
        daemon.Start();
        await socket.StartAsync(stop);
        cloud?.Start();
        notify.Ready(StatusLine(daemon));
        started?.Invoke(daemon);

        await Task.WhenAny(daemon.Fault, WaitAsync(stop));
        notify.Stopping();
        await socket.StopAsync(CancellationToken.None);
        if (cloud is not null) await cloud.DisposeAsync();
        await host.StopAsync(CancellationToken.None);
        await daemon.DisposeAsync();
        return daemon.Fault.IsFaulted ? Fault : 0;
    }

    static string StatusLine(DoorDaemon daemon) =>
        $"{daemon.Posts.Count} doors, {daemon.Gallery.People.Count} people";

    static Task WaitAsync(CancellationToken stop)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stop.UnsafeRegister(static state => (state as TaskCompletionSource)?.TrySetResult(), told);
        return told.Task;
    }
}

using System.Collections.Concurrent;
using EdgeFace.Keeping;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeFace.Hosting;

/// <summary>
/// Keeps systemd's watchdog quiet for as long as every supervised loop goes round, and not a moment longer: a timer of its
/// own would go on ticking over dead doors.
/// </summary>
/// <param name="notify">Whom to tell.</param>
/// <param name="limit">After so long without a word systemd restarts the service; null: nobody watches.</param>
/// <param name="time">Paces the pulse.</param>
/// <param name="log">Told which loop stands still.</param>
sealed partial class WatchdogPulse(SystemdNotify notify, TimeSpan? limit, TimeProvider time, ILogger<WatchdogPulse> log)
    : BackgroundService
{
    /// <summary>Three chances within the limit, so that one slow look does not cost a restart.</summary>
    const int PulsesPerLimit = 3;

    readonly ConcurrentDictionary<WatchedLoop, byte> _loops = new();
    bool _isLate;

    /// <summary>
    /// A loop that must go round. A loop that waits for a lost camera goes round, too: a restart brings no camera back, and
    /// would close the other doors.
    /// </summary>
    /// <param name="name">For the log.</param>
    /// <returns>To be ticked at every turn, and disposed when the loop ends on purpose.</returns>
    public WatchedLoop Loop(string name)
    {
        var loop = new WatchedLoop(name, loop => _loops.TryRemove(loop, out _));
        _loops.TryAdd(loop, 0);
        return loop;
    }

    /// <summary>Tells systemd if every loop has ticked since it was told last. True when it was told.</summary>
    public bool Pulse()
    {
        var loops = _loops.Keys;
        var late = loops.Where(loop => !loop.HasTicked).Select(loop => loop.Name).Order(StringComparer.Ordinal).ToArray();
        if (late.Length > 0)
        {
            if (!_isLate) LogLate(string.Join(", ", late));
            _isLate = true;
            return false;
        }

        if (_isLate) LogBack();
        _isLate = false;
        foreach (var loop in loops) loop.Forget();
        return notify.Watchdog();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (limit is not { } within || !notify.IsOn) return;

        using var timer = new PeriodicTimer(within / PulsesPerLimit, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Pulse();
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    [LoggerMessage(EventId = 11020, Level = LogLevel.Error,
        Message = "Standing still, so the watchdog is not told that all is well: {Loops}")]
    partial void LogLate(string loops);

    [LoggerMessage(EventId = 11021, Level = LogLevel.Information, Message = "All loops go round again")]
    partial void LogBack();
}

/// <summary>A loop under the watchdog; see <see cref="WatchdogPulse.Loop"/>. Ticking costs one write.</summary>
sealed class WatchedLoop(string name, Action<WatchedLoop> retire) : IDisposable
{
    bool _ticked;

    public string Name => name;

    public bool HasTicked => Volatile.Read(ref _ticked);

    public void Tick() => Volatile.Write(ref _ticked, true);

    public void Forget() => Volatile.Write(ref _ticked, false);

    public void Dispose() => retire(this);
}

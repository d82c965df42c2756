using System.Diagnostics.CodeAnalysis;

namespace EdgeFace.Capture;

/// <summary>
/// A mailbox of one: the newest frame wins, the one that nobody took goes home and is counted. One camera puts, one
/// door takes.
/// </summary>
public sealed class LatestFrame : IDisposable
{
    readonly object _gate = new();
    Frame? _slot;
    long _dropped;
    bool _closed;

    /// <summary>Frames that were put and not taken.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Never waits. The frame is the mailbox's from here on.</summary>
    public void Put(Frame frame)
    {
        Frame? home;
        lock (_gate)
        {
            (home, _slot) = _closed ? (frame, null) : (_slot, frame);
            if (home is not null && !_closed) _dropped++;
            Monitor.Pulse(_gate);
        }

        home?.Dispose();
    }

    /// <summary>Waits on the caller's own thread, without polling, until there is a frame.</summary>
    /// <param name="wait">At most so long; zero only looks.</param>
    /// <param name="stop">Ends the wait early; that is no exception.</param>
    /// <param name="frame">The caller disposes it.</param>
    /// <returns>False when there is none: the time is up, the wait was ended, or the camera is closed.</returns>
    public bool TryTake(TimeSpan wait, CancellationToken stop, [NotNullWhen(true)] out Frame? frame)
    {
        // Registered outside the lock: to take it back waits for a wake that is under way, which wants the lock.
        using var wake = stop.UnsafeRegister(static gate => Wake(gate), _gate);
        var until = Environment.TickCount64 + (long)Math.Ceiling(wait.TotalMilliseconds);
        lock (_gate)
        {
            while (_slot is null && !_closed && !stop.IsCancellationRequested)
            {
                var left = until - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue))) break;
            }

            frame = stop.IsCancellationRequested ? null : _slot;
            if (frame is not null) _slot = null;
        }

        return frame is not null;
    }

    /// <summary>The frame goes home, as does every one that is put from now on, and who waits is told.</summary>
    public void Dispose()
    {
        Frame? home;
        lock (_gate)
        {
            _closed = true;
            (home, _slot) = (_slot, null);
            Monitor.PulseAll(_gate);
        }

        home?.Dispose();
    }

    /// <summary>The camera has no free frame left: the one that nobody took yet is given up.</summary>
    internal bool GiveUp()
    {
        Frame? home;
        lock (_gate)
        {
            (home, _slot) = (_slot, null);
            if (home is not null) _dropped++;
        }

        home?.Dispose();
        return home is not null;
    }

    static void Wake(object? gate)
    {
        if (gate is null) return;
        lock (gate) Monitor.PulseAll(gate);
    }
}

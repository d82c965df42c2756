namespace EdgeFace.Capture;

/// <summary>
/// How a camera's own thread waits: on the given clock, without garbage, and ended at once from any thread.
/// </summary>
sealed class Pause : IDisposable
{
    readonly object _gate = new();
    readonly TimeProvider _time;
    readonly ITimer _timer;
    volatile bool _ended, _waiting;
    long _returnedAt;

    public Pause(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static gate => Wake(gate), _gate, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsEnded => _ended;

    /// <summary>The thread is here, and not in a source that hangs.</summary>
    public bool IsWaiting => _waiting;

    /// <summary>When the thread was here last.</summary>
    public long ReturnedAt => Volatile.Read(ref _returnedAt);

    /// <returns>False when the pause was ended, now or before.</returns>
    public bool For(TimeSpan wait) => Until(_time.GetTimestamp() + Ticks(wait));

    /// <param name="timestamp">Of the same clock's <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <returns>False when the pause was ended, now or before.</returns>
    public bool Until(long timestamp)
    {
        lock (_gate)
        {
            while (!_ended)
            {
                var left = timestamp - _time.GetTimestamp();
                if (left <= 0) break;

                // Up to a millisecond, so that a timer that fires early does not make the loop turn idly.
                var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / _time.TimestampFrequency));
                _waiting = true;
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
                Monitor.Wait(_gate);
                Volatile.Write(ref _returnedAt, _time.GetTimestamp());
                _waiting = false;
            }
        }

        return !_ended;
    }

    /// <summary>From any thread, for good.</summary>
    public void End()
    {
        _ended = true;
        Wake(_gate);
    }

    public long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    public void Dispose() => _timer.Dispose();

    static void Wake(object? gate)
    {
        if (gate is null) return;
        lock (gate) Monitor.PulseAll(gate);
    }
}

using System.Runtime.ExceptionServices;

namespace EdgeFace.Doors;

/// <summary>Polls one door each time it is woken.</summary>
sealed class DoorThread
{
    readonly Door _door;
    readonly TimeProvider _time;
    readonly Action<string>? _polled;
    readonly object _gate = new();
    readonly Thread _thread;

    // Of the gate.
    long _busySince;
    bool _busy, _woken, _stop;
    ExceptionDispatchInfo? _failure;

    public DoorThread(Door door, TimeProvider time, Action<string>? polled)
    {
        (_door, _time, _polled) = (door, time, polled);
        _thread = new Thread(Run) { IsBackground = true, Name = $"door {door.Name}" };
    }

    public void Start() => _thread.Start();

    /// <returns>False when the last look has not come back yet.</returns>
    public bool Wake(TimeSpan stall)
    {
        TimeSpan hangs;
        lock (_gate)
        {
            if (!_busy)
            {
                (_busySince, _busy, _woken) = (_time.GetTimestamp(), true, true);
                Monitor.Pulse(_gate);
                return true;
            }

            hangs = _time.GetElapsedTime(_busySince);
        }

        if (hangs >= stall) _door.Stalled(hangs);
        return false;
    }

    /// <summary>A thread that hangs in the hardware is left behind: it is a background one.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.Pulse(_gate);
        }
    }

    public void ThrowIfFailed()
    {
        lock (_gate) _failure?.Throw();
    }

    void Run()
    {
        while (WaitForWork())
        {
            try
            {
                _door.Poll();
                _polled?.Invoke(_door.Name);
            }
#pragma warning disable CA1031 // The top of this thread: the loop throws it on, and the process ends with every door at rest.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                lock (_gate) _failure = ExceptionDispatchInfo.Capture(failure);
                return;
            }

            lock (_gate) _busy = false;
        }
    }

    bool WaitForWork()
    {
        lock (_gate)
        {
            while (!_woken && !_stop) Monitor.Wait(_gate);
            _woken = false;
            return !_stop;
        }
    }
}

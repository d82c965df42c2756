using System.Runtime.InteropServices;

namespace EdgeFace.Cli;

/// <summary>
/// The first SIGINT or SIGTERM asks the command to stop; the second takes its usual course and ends the process, whatever
/// it hangs in.
/// </summary>
sealed class StopOnSignal(CancellationTokenSource stopping)
{
    int _taken;

    public void Take(PosixSignalContext signal)
    {
        signal.Cancel = Interlocked.Increment(ref _taken) == 1;
        if (signal.Cancel) stopping.Cancel();
    }
}

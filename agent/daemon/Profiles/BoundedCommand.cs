using System.ComponentModel;
using System.Diagnostics;

namespace EdgeFace.Profiles;

/// <summary>A program that is asked one thing, without a shell, and is killed with all that it started when it does not answer.</summary>
static class BoundedCommand
{
    const int LettersMax = 64 * 1024;

    /// <returns>What it printed; null when it is not there, failed, or was too slow.</returns>
    /// <param name="program">By name or path.</param>
    /// <param name="arguments">As they are.</param>
    /// <param name="most">So long may it take.</param>
    /// <param name="time">By this clock.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<string?> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan most, TimeProvider time, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(most, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        if (Start(program, arguments) is not { } started) return null;

        using var process = started;
        try
        {
            var said = new char[LettersMax];
            var length = await process.StandardOutput.ReadBlockAsync(said, both.Token);
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0 ? new string(said, 0, length) : null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Kill(process);
        }
    }

    static Process? Start(string program, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = false,
                RedirectStandardInput = false,
                UseShellExecute = false,
            });
        }
        catch (Win32Exception) // it is not there, or may not be executed
        {
            return null;
        }
    }

    internal static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile.
        }
    }
}

using System.Runtime.InteropServices;

namespace EdgeFace.Hosting;

/// <summary>
/// Asks whether a time server disciplines this machine's clock: the kernel by adjtimex(2), which any user may call to read, and
/// systemd-timesyncd by the file that it touches each time it has set the clock.
/// </summary>
/// <remarks>
/// The service's unit forbids the call, since systemd's filter of system calls cannot tell reading a clock from setting it: there the file
/// is all. Other time services than timesyncd need the call, and the drop-in clock.conf that allows it.
/// </remarks>
static class KernelClock
{
    /// <summary>TIME_ERROR: the clock is not synchronised.</summary>
    const int TimeError = 5;

    /// <summary>See systemd-timesyncd(8).</summary>
    const string SynchronizedFile = "/run/systemd/timesync/synchronized";

    /// <summary>
    /// Timesyncd asks its server every 2048 s or more often (PollIntervalMaxSec=, its default), and once more when an answer is lost:
    /// what was touched longer ago by this clock was not touched by a timesyncd that follows a server, or the clock was moved since.
    /// </summary>
    static readonly TimeSpan SynchronizedFor = TimeSpan.FromSeconds(2 * 2048);

    /// <summary>Of two readings of one clock, one after the other.</summary>
    static readonly TimeSpan AheadMax = TimeSpan.FromSeconds(5);

    /// <summary>False where nobody says yes.</summary>
    public static bool IsDisciplined() => KernelSaysSo() || WasSynchronized(SynchronizedFile, TimeProvider.System.GetUtcNow());

    /// <param name="file">Touched at each synchronisation.</param>
    /// <param name="now">By the clock that is asked about.</param>
    internal static bool WasSynchronized(string file, DateTimeOffset now)
    {
        // A file that is not there is of 1601.
        var age = now - new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
        return age >= -AheadMax && age <= SynchronizedFor;
    }

    static bool KernelSaysSo()
    {
        if (!OperatingSystem.IsLinux()) return false;

        // struct timex is 208 bytes on 64-bit Linux; all zero (modes = 0) only reads.
        Span<byte> state = stackalloc byte[256];
        state.Clear();
        var answer = AdjustTime(ref MemoryMarshal.GetReference(state));
        return answer is >= 0 and not TimeError;
    }

    [DllImport("libc", EntryPoint = "adjtimex")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int AdjustTime(ref byte state);
}

using System.Runtime.InteropServices;

namespace EdgeFace.Hosting;

/// <summary>Asks the kernel whether a time server disciplines its clock: adjtimex(2), which any user may call to read.</summary>
static class KernelClock
{
    /// <summary>TIME_ERROR: the clock is not synchronised.</summary>
    const int TimeError = 5;

    /// <summary>False where the kernel says no, or says nothing.</summary>
    public static bool IsDisciplined()
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

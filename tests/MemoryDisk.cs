using System.Diagnostics;

namespace EdgeFace.Tests;

/// <summary>A disk in memory that can really be full. It takes the right to mount (need 'mount').</summary>
static class MemoryDisk
{
    /// <summary>A few megabytes over a folder; false where it cannot be mounted.</summary>
    public static bool Mount(string folder, int megabytes = 2) =>
        Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0700", "edgeface-test", folder);

    /// <summary>Twice as large, with all that is in it.</summary>
    public static bool Grow(string folder) => Run("mount", "-o", "remount,size=4m", folder);

    public static void Unmount(string folder) => Run("umount", folder);

    static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start);
            process?.WaitForExit();
            return process?.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program here
        }
    }
}

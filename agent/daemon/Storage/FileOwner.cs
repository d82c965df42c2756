using System.Diagnostics;

namespace EdgeFace.Storage;

/// <summary>
/// Gives what root has made to whoever is to use it: an installer works as root, the daemon does not. Nobody else can give files away, nor
/// has to: what they make is their own.
/// </summary>
static class FileOwner
{
    /// <summary>The files get owner and group of the folder.</summary>
    public static void AsOf(string folder, IReadOnlyCollection<string> files)
    {
        if (files.Count > 0) Run(["chown", "--no-dereference", $"--reference={folder}", "--", .. files]);
    }

    /// <summary>And mode, too, of another file.</summary>
    public static void LikeFile(string other, string file)
    {
        Run(["chown", "--no-dereference", $"--reference={other}", "--", file]);
        Run(["chmod", $"--reference={other}", "--", file]);
    }

    /// <exception cref="StorageException">It cannot be given.</exception>
    static void Run(IReadOnlyList<string> command)
    {
        if (!Environment.IsPrivilegedProcess) return;

        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardError = true })
            ?? throw new StorageException(StorageFault.Missing, $"{command[0]} was not started: install coreutils.");
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new StorageException(StorageFault.ReadOnly, $"The daemon's user could not be given its files: {said.Trim()}");
    }
}

using System.Net.Sockets;
using System.Text;
using EdgeFace.Storage;

namespace EdgeFace.Hosting;

/// <summary>Where the daemon listens, and where a client looks for it.</summary>
static class ControlPath
{
    public const string Variable = "EDGEFACE_CONTROL";

    /// <summary>Where the service of an installed EdgeFace listens: a shell does not know systemd's RUNTIME_DIRECTORY.</summary>
    public const string OfService = "/run/edgeface/control.sock";

    const string File = "control.sock";
    const int PathBytesMax = 107; // sun_path of Linux, without its end

    /// <summary>
    /// EDGEFACE_CONTROL wins, because somebody said it on purpose; then RUNTIME_DIRECTORY, which systemd sets and of
    /// whose list the first is taken; then the data folder.
    /// </summary>
    public static string Choose(Func<string, string?> variable, Func<StateFolder> data) =>
        Said(variable) ?? Path.Combine(data().Path, File);

    /// <summary>Where a client looks, first to last. Data folder: asked only where nobody said a place.</summary>
    public static IReadOnlyList<string> Places(Func<string, string?> variable, Func<StateFolder> data)
    {
        if (Said(variable) is { } said) return [said];

        // A data folder that was named is that daemon's alone: the service's socket would be another one's.
        if (variable("EDGEFACE_DATA") is { Length: > 0 }) return [Path.Combine(data().Path, File)];

        try
        {
            return [Path.Combine(data().Path, File), OfService];
        }
        catch (StorageException) // a card reader's service may have no home
        {
            return [OfService];
        }
    }

    /// <exception cref="ControlException">BadPlace: no socket's path can be so long.</exception>
    public static UnixDomainSocketEndPoint EndPointOf(string path)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes <= PathBytesMax) return new UnixDomainSocketEndPoint(path);

        throw new ControlException(ControlFault.BadPlace,
            $"The control socket's path {path} has {bytes} bytes; a Unix socket's has at most {PathBytesMax}. "
            + $"Name a shorter one with {Variable}.");
    }

    static string? Said(Func<string, string?> variable) =>
        variable(Variable) is { Length: > 0 } said ? Path.GetFullPath(said)
        : variable("RUNTIME_DIRECTORY") is { Length: > 0 } runtime ? Path.Combine(runtime.Split(':')[0], File)
        : null;
}

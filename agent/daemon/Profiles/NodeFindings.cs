using System.Runtime.InteropServices;

namespace EdgeFace.Profiles;

/// <summary>The nodes in <c>/dev</c> that a profile needs, and whether this user may open them.</summary>
static class NodeFindings
{
    const int ReadAndWrite = 4 | 2; // R_OK | W_OK of unistd.h

    /// <summary>The kernel's own answer, without opening: some devices start when somebody does.</summary>
    public static bool MayOpen(string path) => Access(path, ReadAndWrite) == 0;

    /// <param name="root">Whose.</param>
    /// <param name="profile">That fits.</param>
    /// <param name="mayOpen">Whether this user may read and write a node.</param>
    public static IEnumerable<Finding> Of(MachineRoot root, HardwareProfile profile, Func<string, bool> mayOpen)
    {
        // What no runtime drives needs no node either.
        var wanted = (profile.Runtime is { Unserved: null } runtime ? runtime.Nodes ?? [] : []).Select(pattern => (Pattern: pattern, Found: root.Find(pattern))).ToArray();
        var missing = wanted.Where(each => each.Found.Count == 0).Select(each => each.Pattern).ToArray();
        if (missing.Length > 0)
        {
            yield return Finding.Warn("node", $"{string.Join(", ", missing)}: not there, so the driver is not loaded or the device not plugged in",
                profile.Runtime?.Driver is { } driver ? $"the driver is {driver}" : "load the driver");
        }

        var found = wanted.SelectMany(each => each.Found).ToArray();
        foreach (var closed in found.Where(node => !mayOpen(root.At(node)))) yield return Closed("node", closed);
        if (found.Where(node => mayOpen(root.At(node))).ToArray() is { Length: > 0 } open) yield return Finding.Ok("node", string.Join(", ", open));
    }

    /// <summary>It is there, and not for this user.</summary>
    public static Finding Closed(string check, string node) => Finding.Warn(check,
        $"{node} is there, but {Environment.UserName} may not read and write it",
        $"usermod -aG {GroupOf(node)} {Environment.UserName}, and log in anew; the service has its own user: SupplementaryGroups= of its unit");

    /// <summary>As udev's rules of the distributions have it.</summary>
    static string GroupOf(string node) => Path.GetFileName(node) switch
    {
        var name when name.StartsWith("video", StringComparison.Ordinal) || name.StartsWith("media", StringComparison.Ordinal)
            || name.StartsWith("nv", StringComparison.Ordinal) => "video",
        var name when name.StartsWith("render", StringComparison.Ordinal) || name.StartsWith("accel", StringComparison.Ordinal) => "render",
        var name when name.StartsWith("gpiochip", StringComparison.Ordinal) => "gpio",
        var name when name.StartsWith("tpm", StringComparison.Ordinal) => "tss",
        var name when name.StartsWith("apex", StringComparison.Ordinal) => "apex",
        _ => "of the node (ls -l says which)",
    };

    [DllImport("libc", EntryPoint = "access", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Access([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}

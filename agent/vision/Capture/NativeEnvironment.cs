using System.Runtime.InteropServices;

namespace EdgeFace.Capture;

/// <summary>
/// The environment that native libraries read. Environment.SetEnvironmentVariable keeps to .NET's own copy, which they do
/// not see. A variable that a user has set stays.
/// </summary>
static class NativeEnvironment
{
    public static void Propose(string name, string value)
    {
        if (OperatingSystem.IsLinux()) _ = Set(name, value, overwrite: 0);
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Set(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite);
}

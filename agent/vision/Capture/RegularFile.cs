using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeFace.Capture;

/// <summary>
/// Whether a path leads to a file and not to a pipe, a socket or a device. To open one of those may wait for ever or set
/// something off, so it is asked before; .NET cannot say it.
/// </summary>
static class RegularFile
{
    const int FromWorkingFolder = -100; // AT_FDCWD
    const uint TypeWanted = 1; // STATX_TYPE
    const int ResultBytes = 256; // struct statx, the same on every processor
    const int ModeAt = 28;
    const int TypeMask = 0xF000; // S_IFMT
    const int Regular = 0x8000; // S_IFREG
    const int Socket = 0xC000; // S_IFSOCK
    const int CharacterDevice = 0x2000; // S_IFCHR

    /// <summary>Links are followed. True also where it cannot be said: opening it then says what is wrong.</summary>
    public static bool IsAt(string path) => TypeAt(path) is null or Regular;

    /// <summary>False also where it cannot be said: who asks wants to delete it.</summary>
    public static bool IsSocketAt(string path) => TypeAt(path) is Socket;

    /// <summary>What a camera is. Links are followed; false also where it cannot be said.</summary>
    public static bool IsCharacterDeviceAt(string path) => TypeAt(path) is CharacterDevice;

    /// <summary>Null where it cannot be said.</summary>
    static int? TypeAt(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;

        var result = new byte[ResultBytes];
        if (Ask(FromWorkingFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, TypeWanted, result) != 0) return null;

        return BinaryPrimitives.ReadUInt16LittleEndian(result.AsSpan(ModeAt)) & TypeMask;
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Ask(int folder, byte[] path, int flags, uint mask, byte[] result);
}

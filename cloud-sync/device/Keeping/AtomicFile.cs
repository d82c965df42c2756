using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeFace.Keeping;

/// <summary>
/// A file that is there whole or not at all, also after a power cut, and that only its owner may read.
/// </summary>
static class AtomicFile
{
    /// <summary>Writes beside the place, flushes to the disk, then renames. Replaces what stood there.</summary>
    public static void Write(string file, ReadOnlySpan<byte> content) => Write(file, content, replace: true);

    /// <summary>
    /// As <see cref="Write(string, ReadOnlySpan{byte})"/>, but leaves a file that stands there. False when one did.
    /// </summary>
    public static bool WriteIfAbsent(string file, ReadOnlySpan<byte> content) => Write(file, content, replace: false);

    static bool Write(string file, ReadOnlySpan<byte> content, bool replace)
    {
        var draft = DraftOf(file);
        try
        {
            using (var stream = OwnerOnly.CreateFile(draft))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            return MoveIntoPlace(draft, file, replace);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    /// <summary>A name beside the file that nobody else has.</summary>
    public static string DraftOf(string file) => $"{file}.{Guid.NewGuid():N}.new";

    /// <summary>
    /// Renames a flushed draft and makes the new name itself durable. False when the place is taken and not to be
    /// replaced.
    /// </summary>
    public static bool MoveIntoPlace(string draft, string file, bool replace)
    {
        if (replace) File.Move(draft, file, overwrite: true);
        else if (!LinkIfAbsent(draft, file)) return false;

        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/");
        return true;
    }

    /// <summary>
    /// <see cref="File.Move(string, string)"/> looks first and renames then, so of two that come at once the second
    /// replaces the first. A link is refused by the kernel where the name is taken (link(2)).
    /// </summary>
    static bool LinkIfAbsent(string draft, string file)
    {
        if (Link(Terminated(draft), Terminated(file)) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            // Who was first may have taken our draft away as a crash's leaving.
            if (error == NameTaken || error == NotThere && File.Exists(file)) return false;
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {file}.", error);
        }

        File.Delete(draft);
        return true;
    }

    /// <summary>
    /// A rename is a write to the folder: without this a power cut may bring back the time before it.
    /// </summary>
    static void SyncFolder(string folder)
    {
        var descriptor = Open(Terminated(folder), flags: 0);
        if (descriptor < 0) return; // a folder that may be written and not read: the file itself is safe on the disk

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    const int NotThere = 2, NameTaken = 17; // ENOENT, EEXIST

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Link(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Open(byte[] path, int flags);
}

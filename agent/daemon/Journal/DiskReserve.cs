using EdgeFace.Keeping;

namespace EdgeFace.Journal;

/// <summary>
/// Room on the disk that is held by a file and let go when the disk is full, so that the alarm, and what happens until
/// somebody comes, can still be written.
/// </summary>
sealed class DiskReserve(string file, long bytes)
{
    public bool Held { get; private set; }

    /// <summary>Takes the room when it is there three times over: the last of it is not ours alone.</summary>
    public bool TryTake()
    {
        if (bytes == 0) return true; // there is none to keep
        if (Held) return true;

        try
        {
            if (new FileInfo(file) is { Exists: true } stands && stands.Length == bytes) return Held = true;
            if (new DriveInfo(Path.GetDirectoryName(file) ?? "/").AvailableFreeSpace < 3 * bytes) return false;
            using var taken = OwnerOnly.OpenFile(file, FileMode.Create, FileAccess.Write, FileShare.None, bytes);
            taken.SetLength(bytes);
            return Held = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>False when there was none left to let go.</summary>
    public bool LetGo()
    {
        var held = File.Exists(file) && bytes > 0;
        Held = false;
        File.Delete(file);
        return held;
    }
}

using EdgeFace.Keeping;
namespace EdgeFace.Storage;

/// <summary>A file that one process at a time may hold. The system lets go of it when its holder dies.</summary>
static class HeldFile
{
    /// <summary>EWOULDBLOCK of Linux: what .NET passes on where another one holds the file's lock.</summary>
    const int HeldByAnother = 11;

    /// <returns>Disposed, it lets go; null when another one holds it.</returns>
    /// <exception cref="IOException">The file cannot be made, nor be opened.</exception>
    public static IDisposable? TryTake(string file)
    {
        try
        {
            return OwnerOnly.OpenFile(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == HeldByAnother)
        {
            return null;
        }
    }
}

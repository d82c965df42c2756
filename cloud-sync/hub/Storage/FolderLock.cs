using System.Globalization;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// One hub at a time on one folder with SQLite: two would each take itself for the only one, sign galleries against each other and deliver
/// twice. The kernel lets go of the lock when its holder is gone, however it went, so that nobody is kept out by one who is dead. It binds programs
/// of one machine; a folder on a network's disk is for nobody.
/// </summary>
sealed class FolderLock : IDisposable
{
    readonly FileStream _lock;

    FolderLock(FileStream held) => _lock = held;

    /// <exception cref="StoreException">Another hub has it; its process id is in the message.</exception>
    public static FolderLock Take(HubFolder folder)
    {
        try
        {
            var held = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            AtomicFile.Write(folder.Owner, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
            return new FolderLock(held);
        }
        catch (IOException e)
        {
            var owner = File.Exists(folder.Owner) ? File.ReadAllText(folder.Owner).Trim() : "unknown";
            throw new StoreException(
                $"Another hub (process {owner}) runs on {folder.Path}. SQLite is for one: stop that one, name another folder with --data, or put several on PostgreSQL (postgres_file).", e);
        }
    }

    public void Dispose() => _lock.Dispose();
}

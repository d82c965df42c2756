using System.Formats.Tar;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// Everything of a hub that cannot be made again, in one sealed file: keys, authority, accounts, settings, and the database where that is
/// SQLite. A backup is taken while the hub runs.
/// </summary>
static class HubBackup
{
    static readonly string[] Folders = ["keys", "authority"];

    static readonly string[] Files = ["trust.json", "hub.key", "audit.key", "audit.head", "broker.accounts", "hub.json"];

    /// <param name="folder">The hub's.</param>
    /// <param name="database">Its own file; null: it has another engine, with a backup of its own.</param>
    /// <param name="file">Is written whole or not at all, with mode 0600.</param>
    /// <param name="passphrase">Whoever has both has everything.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StoreException">There is no hub, or the file is there.</exception>
    public static async Task WriteAsync(HubFolder folder, SqliteDatabase? database, string file, string passphrase, CancellationToken stop)
    {
        if (!File.Exists(folder.Trust)) throw new StoreException($"There is no hub in {folder.Path}: name its folder with --data.");
        if (File.Exists(file)) throw new StoreException($"{file} is there already: name another file.");

        await InScratchAsync(folder.Path, async scratch =>
        {
            var all = Path.Combine(scratch, "hub");
            OwnerOnly.CreateFolder(all);
            // Files first: what the audit log's head names must be in the database, which may be newer.
            foreach (var name in Files.Where(name => File.Exists(Path.Combine(folder.Path, name)))) File.Copy(Path.Combine(folder.Path, name), Path.Combine(all, name));
            foreach (var name in Folders) CopyFolder(Path.Combine(folder.Path, name), Path.Combine(all, name));
            if (database is not null) await database.CopyAsync(Path.Combine(all, Path.GetFileName(folder.Database)), stop);
            var archive = Path.Combine(scratch, "hub.tar");
            await TarFile.CreateFromDirectoryAsync(all, archive, includeBaseDirectory: false, stop);
            var draft = AtomicFile.DraftOf(file);
            try
            {
                await using (var plain = File.OpenRead(archive))
                await using (var target = OwnerOnly.CreateFile(draft))
                {
                    await BackupSeal.SealAsync(plain, target, passphrase, stop);
                    await target.FlushAsync(stop);
                    RandomAccess.FlushToDisk(target.SafeFileHandle);
                }

                AtomicFile.MoveIntoPlace(draft, file, replace: false);
            }
            finally
            {
                File.Delete(draft);
            }
        });
    }

    /// <summary>Lays a backup into a folder that holds no hub. Nothing is there unless all was opened and <paramref name="finish"/> is done.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="folder">Of the new hub.</param>
    /// <param name="passphrase">The backup's.</param>
    /// <param name="finish">What is to be done to the restored files before they are the hub's.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StoreException">It cannot be opened, or there is a hub.</exception>
    public static async Task RestoreAsync(string file, HubFolder folder, string passphrase, Func<HubFolder, Task> finish, CancellationToken stop)
    {
        if (File.Exists(folder.Trust) || File.Exists(folder.Database))
            throw new StoreException($"There is a hub in {folder.Path} already. Restore into an empty folder (--data), or move this one away.");

        OwnerOnly.CreateFolder(folder.Path);
        await InScratchAsync(folder.Path, async scratch =>
        {
            var archive = Path.Combine(scratch, "hub.tar");
            await using (var source = File.OpenRead(file))
            await using (var plain = OwnerOnly.CreateFile(archive)) await BackupSeal.OpenAsync(source, plain, passphrase, stop);
            var all = new HubFolder(Path.Combine(scratch, "hub"));
            OwnerOnly.CreateFolder(all.Path);
            await TarFile.ExtractToDirectoryAsync(archive, all.Path, overwriteFiles: false, stop);
            await finish(all);
            foreach (var name in Folders)
            {
                if (!Directory.Exists(Path.Combine(all.Path, name))) continue;

                if (Directory.Exists(Path.Combine(folder.Path, name))) Directory.Delete(Path.Combine(folder.Path, name)); // an empty one, or it fails
                Directory.Move(Path.Combine(all.Path, name), Path.Combine(folder.Path, name));
            }

            // The set of trusted keys last: until then it is no hub.
            foreach (var each in Directory.GetFiles(all.Path).OrderBy(each => each == all.Trust))
                File.Move(each, Path.Combine(folder.Path, Path.GetFileName(each)), overwrite: Path.GetFileName(each) == "hub.json");
        });
    }

    static async Task InScratchAsync(string folder, Func<string, Task> act)
    {
        var scratch = Path.Combine(folder, $".backup-{Guid.NewGuid():N}");
        OwnerOnly.CreateFolder(scratch);
        try
        {
            await act(scratch);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    static void CopyFolder(string from, string to)
    {
        if (!Directory.Exists(from)) return;

        OwnerOnly.CreateFolder(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}

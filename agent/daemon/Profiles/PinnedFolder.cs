using System.Security.Cryptography;
using EdgeFace.Capture;

namespace EdgeFace.Profiles;

/// <summary>What became of one wanted file.</summary>
/// <param name="Name">Of the file.</param>
/// <param name="Changed">False when it was right already and was left alone.</param>
readonly record struct InstalledFile(string Name, bool Changed);

/// <summary>
/// A folder of pinned files. Files are brought together and checked in a folder of their own beside their place, and only
/// when all are right does each take its place by a rename: whoever looks sees the old file or the new one, whole.
/// </summary>
sealed class PinnedFolder(string folder, PackageFetch fetch, TimeProvider time, TimeSpan? lockWait = null)
{
    /// <summary>Longer than a fetch may take: whoever waits so long waits for something that hangs.</summary>
    static readonly TimeSpan LockWaitUsual = TimeSpan.FromMinutes(15);

    const string Partial = ".partial-";

    /// <summary>Brings what is not right. Repeatable; two at once take turns.</summary>
    /// <param name="files">The wanted files.</param>
    /// <param name="from">An archive, a folder or a file to take them from; null fetches each one's package.</param>
    /// <param name="progress">Told in words what is being done.</param>
    /// <param name="stop">Gives up; nothing was changed then.</param>
    /// <exception cref="PackageException">
    /// Nothing was changed; also when the folder cannot be written, or another process does not let go of it.
    /// </exception>
    public async Task<IReadOnlyList<InstalledFile>> EnsureAsync(
        IReadOnlyList<PinnedFile> files, string? from, IProgress<string>? progress, CancellationToken stop)
    {
        if (from is not null && Path.Exists(from)) from = Path.GetFullPath(from);
        if (Wanting(files).Count == 0) return [.. files.Select(file => new InstalledFile(file.Name, Changed: false))];

        using var mine = await FolderLock.TakeAsync(folder, lockWait ?? LockWaitUsual, time, progress, stop);
        // Whoever left these behind is dead: the lock is ours.
        foreach (var left in Directory.GetDirectories(folder, Partial + "*")) Directory.Delete(left, recursive: true);

        var wanting = Wanting(files);
        var partial = Directory.CreateDirectory(Path.Combine(folder, $"{Partial}{Guid.NewGuid():n}")).FullName;
        try
        {
            if (from is null) await FetchAsync(wanting, partial, progress, stop);
            else wanting = Take(wanting, from, partial, progress);

            // A power cut may undo a rename: then the file is missing or old, never half, and the next run mends it.
            foreach (var file in wanting)
                File.Move(Path.Combine(partial, file.Name), Path.Combine(folder, file.Name), overwrite: true);
        }
        finally
        {
            Directory.Delete(partial, recursive: true);
        }

        return [.. files.Where(file => file.IsIn(folder))
            .Select(file => new InstalledFile(file.Name, wanting.Contains(file)))];
    }

    List<PinnedFile> Wanting(IReadOnlyList<PinnedFile> files) => [.. files.Where(file => !file.IsIn(folder))];

    async Task FetchAsync(List<PinnedFile> files, string partial, IProgress<string>? progress, CancellationToken stop)
    {
        if (files.Find(file => file.Package is null) is { } own)
        {
            throw new PackageException(PackageFault.BadSource,
                $"{own.Name} comes in no package: bring the file yourself and give it with --from FILE.");
        }

        foreach (var package in files.GroupBy(file => file.Package).ToArray())
        {
            if (package.Key is not { } source) continue;
            progress?.Report($"Fetching {source.Name} {source.Version} with npm ...");
            var place = Directory.CreateDirectory(Path.Combine(partial, $"package-{source.Sha256}")).FullName;
            var archive = await fetch.FetchAsync(source, place, stop);
            progress?.Report($"Unpacking {package.Count()} files ...");
            PackageArchive.Unpack(archive, package, partial);
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>
    /// Takes the files from what the user gave; one file alone serves whichever of them has its digest.
    /// </summary>
    static List<PinnedFile> Take(List<PinnedFile> files, string from, string partial, IProgress<string>? progress)
    {
        progress?.Report($"Taking {files.Count} files from {from} ...");
        if (Directory.Exists(from))
        {
            foreach (var file in files) TakeFromFolder(file, from, partial);
            return files;
        }

        if (!File.Exists(from))
            throw new PackageException(PackageFault.BadSource, $"There is no file or folder {from} to install from.");

        if (from.EndsWith(".tgz", StringComparison.Ordinal) || from.EndsWith(".tar.gz", StringComparison.Ordinal))
        {
            foreach (var package in files.Select(file => file.Package).OfType<PinnedPackage>().Distinct())
                PackageFetch.CheckDigest(package, from);
            PackageArchive.Unpack(from, files, partial);
            return files;
        }

        using var stream = File.OpenRead(from);
        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        var matching = files.FindAll(file => file.Sha256 == found);
        if (matching.Count == 0)
        {
            throw new PackageException(PackageFault.WrongDigest,
                $"{from} has sha256 {found}, and no wanted file has: expected " +
                $"{string.Join(", ", files.Select(file => $"{file.Name} {file.Sha256}"))}. Nothing was installed.");
        }

        foreach (var file in matching)
        {
            stream.Position = 0;
            file.CopyTo(partial, stream, from);
        }

        return matching;
    }

    static void TakeFromFolder(PinnedFile file, string from, string partial)
    {
        var found = FileWalk.Files(from, name => name.SequenceEqual(file.Name));
        var path = Array.Find(found, candidate => file.IsIn(Path.GetDirectoryName(candidate) ?? "")) ?? found.FirstOrDefault()
            ?? throw new PackageException(PackageFault.BadSource, $"{file.Name} is nowhere in {from}. Nothing was installed.");
        using var stream = File.OpenRead(path);
        file.CopyTo(partial, stream, path);
    }
}

using System.Formats.Tar;
using System.IO.Compression;

namespace EdgeFace.Profiles;

/// <summary>
/// Takes named files out of a gzipped tar. Entries' names never become paths: a file is written under the name that its
/// pin has, and only if it is a regular file of the pinned size and digest.
/// </summary>
static class PackageArchive
{
    const int EntriesMax = 100_000;
    const long UnpackedBytesMax = 2L << 30;

    /// <exception cref="PackageException">
    /// Unusable: not an archive, cut short, or with names that lead out of it. WrongDigest: a file is not the pinned one.
    /// BadSource: a file is not in it.
    /// </exception>
    public static void Unpack(string archive, IEnumerable<PinnedFile> wanted, string folder)
    {
        try
        {
            using var packed = File.OpenRead(archive);
            using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
            using var tar = new TarReader(unpacked);
            Unpack(tar, archive, [.. wanted], folder);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Unusable(archive, $"is cut short or is not a .tgz archive: {e.Message}", e);
        }
    }

    static void Unpack(TarReader tar, string archive, List<PinnedFile> left, string folder)
    {
        var (entries, bytes) = (0, 0L);
        while (left.Count > 0 && tar.GetNextEntry() is { } entry)
        {
            if (++entries > EntriesMax || (bytes += entry.Length) > UnpackedBytesMax)
                throw Unusable(archive, $"has more than {EntriesMax} entries or {UnpackedBytesMax} bytes");
            if (Escapes(entry.Name))
                throw Unusable(archive, $"has an entry that leads out of it: '{entry.Name}'");
            if (left.Find(file => IsAt(file, entry.Name)) is not { } file) continue;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                throw Unusable(archive, $"has '{entry.Name}' as {entry.EntryType} and not as a file");

            file.CopyTo(folder, entry.DataStream ?? Stream.Null, $"{entry.Name} in {archive}");
            left.Remove(file);
        }

        if (left.Count == 0) return;
        throw new PackageException(PackageFault.BadSource,
            $"{archive} does not hold {string.Join(", ", left.Select(file => file.Path ?? file.Name))}.");
    }

    static bool IsAt(PinnedFile file, string entry) =>
        file.Path is { } path ? entry == path : Path.GetFileName(entry) == file.Name;

    static bool Escapes(string name) => Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..");

    static PackageException Unusable(string archive, string what, Exception? inner = null) => new(PackageFault.Unusable,
        $"The archive {archive} {what}. Nothing was installed.", inner);
}

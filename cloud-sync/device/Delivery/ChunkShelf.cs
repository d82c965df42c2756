using System.Globalization;
using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// Where the pieces of one push wait for each other: a folder with the signed manifest and one file for each chunk. What lies there
/// is as untrusted as what comes from the broker: it is checked when it is found again, and once more when it is opened.
/// </summary>
sealed class ChunkShelf
{
    const string ManifestFile = "manifest.jws", ChunkEnding = ".chunk";
    const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string _folder;
    GalleryManifest? _manifest;
    bool[] _have = [];

    /// <param name="folder">Nobody else's; made when missing.</param>
    public ChunkShelf(string folder)
    {
        _folder = folder;
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("edgeface keeps faces under Unix file modes and runs on Linux.");
        Directory.CreateDirectory(folder, OwnerFile | UnixFileMode.UserExecute);
    }

    /// <summary>Chunks that are here.</summary>
    public int Count { get; private set; }

    public bool IsWhole => _manifest is not null && Count == _have.Length;

    /// <summary>The signed text that was being gathered for when the device went down; null when there is none.</summary>
    public byte[]? Left()
    {
        var file = new FileInfo(Path.Combine(_folder, ManifestFile));
        return file is { Exists: true, Length: <= Topics.PayloadBytesMax } ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <summary>Begins to gather; of what lies there already only whole chunks of this very push stay.</summary>
    public void Begin(GalleryManifest manifest, ReadOnlySpan<byte> text)
    {
        (_manifest, _have, Count) = (manifest, new bool[manifest.ChunkCount], 0);
        Write(Path.Combine(_folder, ManifestFile), text);
        foreach (var path in Directory.GetFileSystemEntries(_folder))
        {
            if (Path.GetFileName(path) == ManifestFile) continue;
            if (IndexOf(path) is { } index && Read(index) is not null) Count += Mark(index);
            else Remove(path);
        }
    }

    /// <summary>False when its hash is not that of the manifest. Twice does no harm.</summary>
    public bool Put(int index, ReadOnlySpan<byte> chunk)
    {
        if (_manifest is null || index >= _have.Length || !IsRight(index, chunk)) return false;
        if (_have[index]) return true;

        Write(PathOf(index), chunk);
        Count += Mark(index);
        return true;
    }

    /// <summary>Null when it is not here, or is not what it was.</summary>
    public byte[]? Read(int index)
    {
        var file = new FileInfo(PathOf(index));
        if (_manifest is null || index >= _manifest.ChunkCount || file is not { Exists: true, Length: <= GalleryChunk.BytesMax }) return null;

        var chunk = File.ReadAllBytes(file.FullName);
        return IsRight(index, chunk) ? chunk : null;
    }

    /// <summary>One that was whole is not any more: it is wanted again.</summary>
    public void Lose(int index)
    {
        if (!_have[index]) return;

        _have[index] = false;
        Count--;
        Remove(PathOf(index));
    }

    /// <summary>Runs of missing ones, at most so many.</summary>
    public ChunkRange[] Missing()
    {
        var ranges = new List<ChunkRange>();
        for (var index = 0; index < _have.Length && ranges.Count < WantedChunks.RangesMax; index++)
        {
            if (_have[index]) continue;

            var first = index;
            while (index + 1 < _have.Length && !_have[index + 1]) index++;
            ranges.Add(new ChunkRange(first, index));
        }

        return [.. ranges];
    }

    public void Clear()
    {
        (_manifest, _have, Count) = (null, [], 0);
        foreach (var path in Directory.GetFileSystemEntries(_folder)) Remove(path);
    }

    bool IsRight(int index, ReadOnlySpan<byte> chunk) =>
        _manifest is not null && SHA256.HashData(chunk).AsSpan().SequenceEqual(_manifest.HashOf(index));

    int Mark(int index)
    {
        _have[index] = true;
        return 1;
    }

    string PathOf(int index) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{index:D5}{ChunkEnding}"));

    int? IndexOf(string path) => int.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && path == PathOf(index) ? index : null;

    static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (OperatingSystem.IsWindows()) return;
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerFile,
        });
        file.Write(content);
    }

    static void Remove(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}

using EdgeFace.Storage;

namespace EdgeFace.Tests.Storage;

/// <summary>A data folder of one test, gone with it.</summary>
sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("edgeface-test-").FullName;
        Folder = new StateFolder(System.IO.Path.Combine(Path, "edgeface"));
    }

    public string Path { get; }

    public StateFolder Folder { get; }

    public string[] GalleryFiles => Directory.GetFiles(Folder.Path, "gallery.db*");

    /// <summary>In which of the gallery's files a run of bytes stands.</summary>
    public string[] FilesWith(ReadOnlySpan<byte> wanted)
    {
        var found = new List<string>();
        foreach (var file in GalleryFiles)
            if (ReadShared(file).AsSpan().IndexOf(wanted) >= 0) found.Add(System.IO.Path.GetFileName(file));
        return [.. found];
    }

    /// <summary>The bytes of a file that SQLite holds open.</summary>
    public static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

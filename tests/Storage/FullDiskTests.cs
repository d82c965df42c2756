using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

/// <summary>A disk that is really full: a memory disk of two megabytes, which takes the right to mount.</summary>
public sealed class FullDiskTests : IDisposable
{
    readonly TemporaryFolder _temporary = new();
    readonly bool _mounted;

    public FullDiskTests()
    {
        _temporary.Folder.Create();
        _mounted = MemoryDisk.Mount(_temporary.Folder.Path);
    }

    [Fact]
    public void What_was_written_before_the_disk_was_full_stays_and_writing_goes_on_when_there_is_room()
    {
        Needs.SkipOrFail("mount", _mounted);
        using var gallery = GalleryDatabase.Open(_temporary.Folder, TimeSpan.FromMilliseconds(10));
        var written = 0;

        var fault = Assert.Throws<StorageException>(() =>
        {
            for (; written < 1000; written++) Write(gallery);
        });

        Assert.Equal(StorageFault.DiskFull, fault.Fault);
        Assert.InRange(written, 1, 20);
        Assert.Equal(written, Count(gallery));
        Assert.True(MemoryDisk.Grow(_temporary.Folder.Path));
        Write(gallery);
        Assert.Equal(written + 1, Count(gallery));
    }

    static void Write(GalleryDatabase gallery) => gallery.Write(connection => connection.Execute(
        "INSERT INTO erasure (subject, receipt) VALUES (randomblob(16), $text)", ("$text", new string('x', 100_000))));

    static long Count(GalleryDatabase gallery) =>
        gallery.Read(connection => connection.Scalar<long>("SELECT count(*) FROM erasure"));

    public void Dispose()
    {
        if (_mounted) MemoryDisk.Unmount(_temporary.Folder.Path);
        _temporary.Dispose();
    }
}

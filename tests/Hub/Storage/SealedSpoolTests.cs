using System.IO.Compression;
using EdgeFace.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

public sealed class SealedSpoolTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_in_comes_out_and_the_disk_has_neither_a_name_nor_a_piece_of_it()
    {
        using var scratch = new ScratchFolder(inMemory: true);
        Directory.CreateDirectory(scratch["in"]);
        var (first, second) = (new byte[150_000], new byte[3]);
        new Random(1).NextBytes(first);
        new Random(2).NextBytes(second);
        using var spool = new SealedSpool(scratch["in"]);
        var (one, two, none) = (await AddAsync(spool, first), await AddAsync(spool, second), await AddAsync(spool, []));

        Assert.Empty(Directory.GetFiles(scratch["in"]));
        Assert.Equal((150_000, 3, 0), (one.Length, two.Length, none.Length));
        Assert.Equal(first, Read(one));
        Assert.Equal(second, Read(two));
        Assert.Empty(Read(none));
        var kept = Directory.GetFiles("/proc/self/fd").Where(fd => File.ResolveLinkTarget(fd, false)?.FullName.Contains(".coming", StringComparison.Ordinal) == true)
            .Where(fd => File.ResolveLinkTarget(fd, false)!.FullName.StartsWith(scratch["in"], StringComparison.Ordinal)).ToArray();
        var bytes = await File.ReadAllBytesAsync(Assert.Single(kept), Stop);
        Assert.True(bytes.Length > 150_000);
        Assert.Equal(-1, bytes.AsSpan().IndexOf(first.AsSpan(70_000, 32)));
    }

    [Fact]
    public async Task A_zip_is_read_from_it()
    {
        using var scratch = new ScratchFolder(inMemory: true);
        Directory.CreateDirectory(scratch["in"]);
        var photo = new byte[200_000];
        new Random(3).NextBytes(photo);
        using var memory = new MemoryStream();
        await using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            await using var entry = await zip.CreateEntry("a.jpg").OpenAsync(Stop);
            await entry.WriteAsync(photo, Stop);
        }

        using var spool = new SealedSpool(scratch["in"]);
        await using var sealedZip = (await AddAsync(spool, memory.ToArray())).Open();
        await using var opened = new ZipArchive(sealedZip, ZipArchiveMode.Read);
        await using var from = await Assert.Single(opened.Entries).OpenAsync(Stop);
        using var into = new MemoryStream();
        await from.CopyToAsync(into, Stop);
        Assert.Equal(photo, into.ToArray());
    }

    static Task<SealedPart> AddAsync(SealedSpool spool, byte[] bytes) => spool.AddAsync(new MemoryStream(bytes), Stop);

    static byte[] Read(SealedPart part)
    {
        using var stream = part.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Profiles;

public sealed class PackageArchiveTests : IDisposable
{
    static readonly byte[] Content = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i))];

    readonly ScratchFolder _folder = new();
    readonly string _target;

    public PackageArchiveTests() => _target = Directory.CreateDirectory(_folder["target"]).FullName;

    [Fact]
    public void Only_the_named_file_is_taken_out()
    {
        var archive = Archives.Write(_folder["a.tgz"], ("package/other", [1]), ("package/model", Content), ("package/model2", [2]));

        PackageArchive.Unpack(archive, [Pin(archive)], _target);

        Assert.Equal(["model"], Directory.GetFileSystemEntries(_target).Select(Path.GetFileName));
        Assert.Equal(Content, File.ReadAllBytes(Path.Combine(_target, "model")));
    }

    [Theory]
    [InlineData("../model")]
    [InlineData("package/../../model")]
    [InlineData("/model")]
    public void An_entry_that_leads_out_of_the_archive_condemns_it(string name)
    {
        var archive = Archives.Write(_folder["a.tgz"], (name, Content), ("package/model", Content));

        var fault = Assert.Throws<PackageException>(() => PackageArchive.Unpack(archive, [Pin(archive)], _target));

        Assert.Equal(PackageFault.Unusable, fault.Fault);
        Assert.Contains(name, fault.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_target));
        Assert.False(File.Exists(_folder["model"]));
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_is_refused()
    {
        using (var tar = new TarWriter(new GZipStream(File.Create(_folder["a.tgz"]), CompressionLevel.Fastest)))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "package/model") { LinkName = "/etc/hostname" });

        var fault = Assert.Throws<PackageException>(
            () => PackageArchive.Unpack(_folder["a.tgz"], [Pin(_folder["a.tgz"])], _target));

        Assert.Contains("SymbolicLink", fault.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_target));
    }

    [Fact]
    public void A_file_of_another_digest_is_refused_with_both_digests()
    {
        byte[] other = [.. Content[..^1], 77];
        var archive = Archives.Write(_folder["a.tgz"], ("package/model", other));

        var fault = Assert.Throws<PackageException>(() => PackageArchive.Unpack(archive, [Pin(archive)], _target));

        Assert.Equal(PackageFault.WrongDigest, fault.Fault);
        Assert.All([Archives.Sha256(Content), Archives.Sha256(other)], digest => Assert.Contains(digest, fault.Message));
    }

    [Fact]
    public void A_file_that_goes_on_past_its_size_is_read_no_further()
    {
        var archive = Archives.Write(_folder["a.tgz"], ("package/model", [.. Content, .. new byte[50_000_000]]));

        var fault = Assert.Throws<PackageException>(() => PackageArchive.Unpack(archive, [Pin(archive)], _target));

        Assert.Contains($"more than {Content.Length} bytes", fault.Message);
        Assert.InRange(new FileInfo(Path.Combine(_target, "model")).Length, 0, Content.Length + 81920);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(400)]
    public void An_archive_cut_short_is_refused(int bytes)
    {
        var archive = Archives.Write(_folder["a.tgz"], ("package/model", Content));
        File.WriteAllBytes(archive, File.ReadAllBytes(archive)[..bytes]);

        Assert.Throws<PackageException>(() => PackageArchive.Unpack(archive, [Pin(archive)], _target));
    }

    [Fact]
    public void An_archive_without_the_file_is_refused_by_name()
    {
        var archive = Archives.Write(_folder["a.tgz"], ("package/other", Content));

        var fault = Assert.Throws<PackageException>(() => PackageArchive.Unpack(archive, [Pin(archive)], _target));

        Assert.Equal(PackageFault.BadSource, fault.Fault);
        Assert.Contains("package/model", fault.Message);
    }

    public void Dispose() => _folder.Dispose();

    static PinnedFile Pin(string archive) => Archives.Pin("model", Content, Archives.Pin(archive));
}

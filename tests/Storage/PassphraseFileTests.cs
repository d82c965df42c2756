using System.Buffers.Binary;
using System.Runtime.Versioning;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

[SupportedOSPlatform("linux")]
public sealed class PassphraseFileTests : IDisposable
{
    const string Passphrase = "correct horse battery";

    readonly TemporaryFolder _temporary = new();

    string Archive => Path.Combine(_temporary.Path, "gallery.efg");

    [Fact]
    public void What_was_written_comes_back_and_stands_in_no_clear()
    {
        PassphraseFile.Write(Archive, Passphrase, "somebody's face"u8);

        Assert.Equal("somebody's face"u8, PassphraseFile.Read(Archive, Passphrase));
        Assert.Equal(-1, File.ReadAllBytes(Archive).AsSpan().IndexOf("somebody"u8));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
        Assert.Single(Directory.GetFiles(_temporary.Path));
    }

    [Fact]
    public void Another_passphrase_is_refused() =>
        AssertFault(StorageFault.WrongPassphrase, WriteOne(), "correct horse batterz");

    [Fact]
    public void A_short_passphrase_makes_no_archive()
    {
        Assert.Throws<ArgumentException>(() => PassphraseFile.Write(Archive, "elevenchars", "x"u8));
        Assert.False(File.Exists(Archive));
    }

    [Theory]
    [InlineData(20)] // salt
    [InlineData(35)] // nonce
    [InlineData(45)] // content
    [InlineData(60)] // tag
    public void A_flipped_bit_anywhere_is_refused(int at)
    {
        var bytes = WriteOne();
        bytes[at] ^= 1;
        AssertFault(StorageFault.WrongPassphrase, bytes);
    }

    [Fact]
    public void Fewer_iterations_are_not_accepted_in_place_of_those_it_was_made_with()
    {
        var bytes = WriteOne();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(10), 1);
        AssertFault(StorageFault.WrongPassphrase, bytes);
    }

    [Fact]
    public void A_forged_number_of_iterations_does_not_hold_the_machine()
    {
        var bytes = WriteOne();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(10), uint.MaxValue);
        AssertFault(StorageFault.BadArchive, bytes);
    }

    [Fact]
    public void A_newer_version_says_so()
    {
        var bytes = WriteOne();
        bytes[8] = 2;
        AssertFault(StorageFault.NewerSchema, bytes);
    }

    [Fact]
    public void Cut_short_foreign_and_missing_files_are_refused()
    {
        AssertFault(StorageFault.BadArchive, []);
        AssertFault(StorageFault.BadArchive, new byte[1000]);
        AssertFault(StorageFault.BadArchive, WriteOne()[..50]);
        File.Delete(Archive);
        Assert.Equal(StorageFault.Missing,
            Assert.Throws<StorageException>(() => PassphraseFile.Read(Archive, Passphrase)).Fault);
    }

    [Fact]
    public void An_archive_that_cannot_be_written_leaves_nothing_behind()
    {
        var nowhere = Path.Combine(_temporary.Path, "missing", "gallery.efg");

        var fault = Assert.Throws<StorageException>(() => PassphraseFile.Write(nowhere, Passphrase, "x"u8));

        Assert.Equal(StorageFault.InputOutput, fault.Fault);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary.Path));
    }

    byte[] WriteOne()
    {
        PassphraseFile.Write(Archive, Passphrase, "face"u8);
        return File.ReadAllBytes(Archive);
    }

    void AssertFault(StorageFault expected, byte[] bytes, string passphrase = Passphrase)
    {
        File.WriteAllBytes(Archive, bytes);
        Assert.Equal(expected, Assert.Throws<StorageException>(() => PassphraseFile.Read(Archive, passphrase)).Fault);
    }

    public void Dispose() => _temporary.Dispose();
}

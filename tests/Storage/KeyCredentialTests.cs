using System.Runtime.Versioning;
using System.Security.Cryptography;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

/// <summary>The data key as a credential of systemd, in a folder as systemd makes it.</summary>
[SupportedOSPlatform("linux")]
public sealed class KeyCredentialTests : IDisposable
{
    readonly TemporaryFolder _temporary = new();
    readonly byte[] _secret = RandomNumberGenerator.GetBytes(SealingKey.Length);
    readonly string _credentials;

    public KeyCredentialTests() => _credentials = Directory.CreateDirectory(Path.Combine(_temporary.Path, "credentials")).FullName;

    StateFolder Folder => _temporary.Folder with { Credentials = _credentials };

    string Given => Path.Combine(_credentials, "gallery.key");

    [Fact]
    public void A_gallery_is_sealed_under_the_credential_and_no_key_file_is_made()
    {
        Give(_secret);

        var signature = Signature(Folder);

        Assert.False(File.Exists(_temporary.Folder.Key));
        Assert.Equal(signature, Signature(Folder));
        Assert.Equal(_secret, File.ReadAllBytes(Given));
    }

    [Fact]
    public void The_credential_wins_over_a_key_file()
    {
        Give(_secret);
        var expected = Signature(Folder);
        SealingKey.ReadOrCreate(_temporary.Folder.Key).Dispose();

        Assert.Equal(expected, Signature(Folder));
    }

    [Fact]
    public void The_key_file_may_be_moved_into_the_credential()
    {
        var expected = Signature(_temporary.Folder);
        File.Move(_temporary.Folder.Key, Given);

        Assert.Equal(expected, Signature(Folder));
        Assert.False(File.Exists(_temporary.Folder.Key));
    }

    [Fact]
    public void Without_the_credential_the_gallery_stays_shut_and_no_other_key_is_made()
    {
        Give(_secret);
        _ = Signature(Folder);
        File.Delete(Given);

        Assert.Equal(StorageFault.KeyFileMissing, Assert.Throws<StorageException>(() => GalleryDatabase.Open(Folder)).Fault);
        Assert.False(File.Exists(_temporary.Folder.Key));
    }

    [Fact]
    public void Another_credential_is_refused_by_its_own_name()
    {
        Give(_secret);
        _ = Signature(Folder);
        File.Delete(Given);
        Give(RandomNumberGenerator.GetBytes(SealingKey.Length));

        var fault = Assert.Throws<StorageException>(() => GalleryDatabase.Open(Folder));

        Assert.Equal(StorageFault.WrongKey, fault.Fault);
        Assert.Contains(Given, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_of_another_length_is_refused_and_not_replaced()
    {
        Give(new byte[31]);

        Assert.Equal(StorageFault.KeyFileDamaged, Assert.Throws<StorageException>(() => GalleryDatabase.Open(Folder)).Fault);
        Assert.False(File.Exists(_temporary.Folder.Gallery));
    }

    static string Signature(StateFolder folder)
    {
        using var gallery = GalleryDatabase.Open(folder);
        return Convert.ToHexString(gallery.Key.Sign("x"u8));
    }

    /// <summary>The group's bit is how an access list for the service's user shows.</summary>
    void Give(byte[] secret)
    {
        File.WriteAllBytes(Given, secret);
        File.SetUnixFileMode(Given, UnixFileMode.UserRead | UnixFileMode.GroupRead);
    }

    public void Dispose() => _temporary.Dispose();
}

using System.Runtime.Versioning;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

[SupportedOSPlatform("linux")]
public sealed class SealingKeyTests : IDisposable
{
    readonly TemporaryFolder _temporary = new();

    string KeyFile => Path.Combine(_temporary.Path, "gallery.key");

    [Fact]
    public void The_first_start_makes_32_bytes_that_only_the_owner_may_read()
    {
        SealingKey.ReadOrCreate(KeyFile).Dispose();

        Assert.Equal(SealingKey.Length, new FileInfo(KeyFile).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Single(Directory.GetFiles(_temporary.Path));
    }

    [Fact]
    public void The_second_start_reads_the_same_key()
    {
        using var first = SealingKey.ReadOrCreate(KeyFile);
        using var second = SealingKey.ReadOrCreate(KeyFile);

        Assert.Equal(first.Sign("x"u8), second.Sign("x"u8));
    }

    /// <summary>Two hundred times, since the gap between a look and a rename is short.</summary>
    [Fact]
    public void Eight_first_starts_at_once_get_one_key()
    {
        for (var round = 0; round < 200; round++)
        {
            var file = $"{KeyFile}.{round}";
            using var start = new Barrier(8);
            var signatures = new string[8];
            var starts = Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                using var key = SealingKey.ReadOrCreate(file);
                signatures[i] = Convert.ToHexString(key.Sign("x"u8));
            })).ToList();
            starts.ForEach(thread => thread.Start());
            starts.ForEach(thread => thread.Join());

            Assert.Single(signatures.Distinct());
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_file_that_others_may_use_is_refused(UnixFileMode others)
    {
        SealingKey.ReadOrCreate(KeyFile).Dispose();
        File.SetUnixFileMode(KeyFile, File.GetUnixFileMode(KeyFile) | others);

        var fault = Assert.Throws<StorageException>(() => SealingKey.Read(KeyFile));

        Assert.Equal(StorageFault.KeyFileOpen, fault.Fault);
        Assert.Contains("chmod 600", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_file_of_another_length_is_refused(int bytes)
    {
        AtomicFile.Write(KeyFile, new byte[bytes]);

        var fault = Assert.Throws<StorageException>(() => SealingKey.ReadOrCreate(KeyFile));

        Assert.Equal(StorageFault.KeyFileDamaged, fault.Fault);
        Assert.Contains($"{bytes} bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_file_is_said()
    {
        var fault = Assert.Throws<StorageException>(() => SealingKey.Read(KeyFile));
        Assert.Equal(StorageFault.KeyFileMissing, fault.Fault);
        Assert.Contains("/etc/credstore", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Message.IndexOf("/usr/bin/edgeface as root", StringComparison.Ordinal)
            < fault.Message.IndexOf("move gallery.db away", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wiped_key_signs_nothing()
    {
        var key = SealingKey.ReadOrCreate(KeyFile);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Sign("x"u8));
        Assert.Throws<ObjectDisposedException>(() => key.Cipher.Seal("x"u8, new CellPlace("test")));
    }

    public void Dispose() => _temporary.Dispose();
}

using EdgeFace.Keeping;
using EdgeFace.Storage;
using Xunit;

namespace EdgeFace.Tests.Storage;

public sealed class DeviceSealTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void The_pair_is_made_once_and_only_its_owner_may_read_it()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        using var first = DeviceSeal.ReadOrCreate(_folder["sealing.key"]);
        using var second = DeviceSeal.ReadOrCreate(_folder["sealing.key"]);

        Assert.Equal(first.ExportSubjectPublicKeyInfo(), second.ExportSubjectPublicKeyInfo());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["sealing.key"]));
    }

    [Fact]
    public void A_pair_that_others_may_read_or_that_is_none_is_refused_with_what_to_do()
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        using (DeviceSeal.ReadOrCreate(_folder["sealing.key"])) File.SetUnixFileMode(_folder["sealing.key"], (UnixFileMode)0b110_100_100);
        var open = Assert.Throws<StorageException>(() => DeviceSeal.ReadOrCreate(_folder["sealing.key"]));
        Assert.Equal(StorageFault.KeyFileOpen, open.Fault);

        AtomicFile.Write(_folder["other.key"], "no key"u8);
        var none = Assert.Throws<StorageException>(() => DeviceSeal.ReadOrCreate(_folder["other.key"]));
        Assert.Equal(StorageFault.KeyFileDamaged, none.Fault);
        Assert.Contains("Delete it", none.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

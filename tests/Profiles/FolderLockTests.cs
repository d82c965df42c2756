using System.Runtime.Versioning;
using EdgeFace.Cli;
using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Profiles;

[SupportedOSPlatform("linux")]
public sealed class FolderLockTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly List<string> _told = [];

    [Fact]
    public async Task Who_waits_for_another_is_told_so_and_gives_up_in_the_end()
    {
        using var held = await TakeAsync(_scratch.Path, TimeSpan.Zero);

        var fault = await Assert.ThrowsAsync<PackageException>(
            () => TakeAsync(_scratch.Path, TimeSpan.FromMilliseconds(1)));

        Assert.Equal(PackageFault.Busy, fault.Fault);
        Assert.Contains(_scratch[".lock"], fault.Message, StringComparison.Ordinal);
        Assert.Contains("waiting", Assert.Single(_told), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Damaged, Faults.ExitCodeOf(fault));
    }

    [Fact]
    public async Task A_folder_that_is_free_again_is_taken()
    {
        (await TakeAsync(_scratch.Path, TimeSpan.Zero)).Dispose();
        (await TakeAsync(_scratch.Path, TimeSpan.Zero)).Dispose();
    }

    [Theory]
    [InlineData("/proc/self")] // nothing can be made there, whoever asks
    [InlineData("/dev/null/below")]
    public async Task A_folder_that_cannot_be_written_is_said_at_once(string folder)
    {
        var fault = await Assert.ThrowsAsync<PackageException>(() => TakeAsync(folder, TimeSpan.FromHours(1)));

        Assert.Equal(PackageFault.NotWritable, fault.Fault);
        Assert.Contains(folder, fault.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Damaged, Faults.ExitCodeOf(fault));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task A_lock_file_that_cannot_be_opened_is_no_lock_that_is_held()
    {
        // As on a read-only disk: the file is there, and opening it for writing is an error of input and output (ETXTBSY).
        var program = Path.Combine(_scratch.Path, ".lock");
        File.Copy("/bin/sleep", program);
        using var running = System.Diagnostics.Process.Start(program, ["60"]);
        try
        {
            var fault = await Assert.ThrowsAsync<PackageException>(
                () => TakeAsync(_scratch.Path, TimeSpan.FromHours(1)));
            Assert.Equal(PackageFault.NotWritable, fault.Fault);
        }
        finally
        {
            running.Kill();
        }
    }

    public void Dispose() => _scratch.Dispose();

    Task<IDisposable> TakeAsync(string folder, TimeSpan wait) => FolderLock.TakeAsync(
        folder, wait, TimeProvider.System, new Told(_told), TestContext.Current.CancellationToken);

    sealed class Told(List<string> words) : IProgress<string>
    {
        public void Report(string value) => words.Add(value);
    }
}

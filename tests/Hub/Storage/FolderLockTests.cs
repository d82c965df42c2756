using System.Diagnostics;
using System.Globalization;
using EdgeFace.Hub.Storage;
using Xunit;

namespace EdgeFace.Tests.Hub.Storage;

/// <summary>SQLite is for one hub.</summary>
public sealed class FolderLockTests : IDisposable
{
    readonly ScratchFolder _scratch = new();
    readonly HubFolder _folder;

    public FolderLockTests()
    {
        _folder = new HubFolder(_scratch["hub"]);
        _folder.Create();
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_second_hub_on_one_folder_is_refused_with_the_number_of_the_first()
    {
        using (FolderLock.Take(_folder))
        {
            var fault = Assert.Throws<StoreException>(() => FolderLock.Take(_folder));
            Assert.Contains($"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", fault.Message, StringComparison.Ordinal);
            Assert.Contains("postgres_file", fault.Message, StringComparison.Ordinal);
        }

        FolderLock.Take(_folder).Dispose();
    }

    [Fact]
    public async Task The_program_says_so_and_goes()
    {
        using var first = FolderLock.Take(_folder);
        using var second = Process.Start(new ProcessStartInfo(
            "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "edgeface-hub.dll"), "run", "--data", _folder.Path, "--port", "0", "--broker-port", "0"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException();
        var said = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(4, second.ExitCode);
        Assert.StartsWith($"Another hub (process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}) runs on ", Assert.Single(said.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_who_was_killed_keeps_nobody_out()
    {
        await File.WriteAllTextAsync(_folder.Lock, "", TestContext.Current.CancellationToken);
        using var holder = Process.Start(new ProcessStartInfo("flock", ["--no-fork", _folder.Lock, "sleep", "600"])) ?? throw new InvalidOperationException();
        try
        {
            await File.WriteAllTextAsync(_folder.Owner, $"{holder.Id}\n", TestContext.Current.CancellationToken);
            await Eventually.TrueAsync(() => !CanTake());
            var fault = Assert.Throws<StoreException>(() => FolderLock.Take(_folder));
            Assert.Contains($"process {holder.Id.ToString(CultureInfo.InvariantCulture)}", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            holder.Kill(); // as a crash would
            await holder.WaitForExitAsync(CancellationToken.None);
        }

        FolderLock.Take(_folder).Dispose();
    }

    bool CanTake()
    {
        try
        {
            new FileStream(_folder.Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

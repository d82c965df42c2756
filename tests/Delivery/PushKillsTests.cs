using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace EdgeFace.Tests.Delivery;

/// <summary>The short arm of the harness in tests/bench; the long one is run by hand.</summary>
public sealed class PushKillsTests
{
    [Fact]
    public async Task Killed_at_each_named_step_the_gallery_is_the_old_or_the_new_one_and_the_push_can_be_ended()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.FullName, "..", "..", "EdgeFace.Benchmarks", own.Name, "EdgeFace.Benchmarks");
        using var process = Process.Start(new ProcessStartInfo(program, ["push", "--people", "100", "--rounds", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        Assert.NotNull(process);
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, text);
        var report = JsonDocument.Parse(text).RootElement;
        var (kills, old, fresh) = (report.GetProperty("kills").GetInt32(), report.GetProperty("old").GetInt32(), report.GetProperty("new").GetInt32());
        Assert.Equal(15, kills);
        Assert.True(old > 0 && fresh > 0 && old + fresh == kills, text);
    }
}

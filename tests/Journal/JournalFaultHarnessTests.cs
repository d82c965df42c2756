using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace EdgeFace.Tests.Journal;

/// <summary>Short arms of the fault harnesses in tests/bench; the long ones are run by hand.</summary>
public sealed class JournalFaultHarnessTests
{
    const int CannotRun = 77;

    [Fact]
    public async Task Killed_at_random_no_acknowledged_event_is_lost()
    {
        var (code, report) = await RunAsync("kills", "--count", "10", "--seed", "11");

        Assert.True(code == 0, report.ToString());
        Assert.Equal(10, report.GetProperty("cycles").GetInt32());
    }

    [Fact]
    public async Task When_the_power_is_cut_no_acknowledged_event_is_lost_and_without_syncs_some_are()
    {
        var (code, report) = await RunAsync("cuts", "--count", "5", "--seed", "12");
        Needs.SkipOrFail("powercut", code != CannotRun);

        Assert.True(code == 0, report.ToString());
        var (control, lossy) = await RunAsync("cuts", "--count", "3", "--seed", "13", "--synchronous", "normal");
        Assert.True(control == 0 && lossy.GetProperty("lost").GetInt64() > 0, lossy.ToString());
    }

    [Fact]
    public async Task Of_500_tamperings_each_is_found_and_its_first_bad_event_named()
    {
        var (code, report) = await RunAsync("tamper", "--count", "500", "--seed", "14");

        Assert.True(code == 0, report.ToString());
        Assert.Equal(report.GetProperty("rows").GetInt32(), report.GetProperty("rows_found").GetInt32());
        Assert.Equal(10, report.GetProperty("untouched_intact").GetInt32());
    }

    static async Task<(int Code, JsonElement Report)> RunAsync(params string[] arguments)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(own.FullName, "..", "..", "EdgeFace.Benchmarks", own.Name, "EdgeFace.Benchmarks");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true });
        Assert.NotNull(process);
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, text.Length > 0 ? JsonDocument.Parse(text).RootElement : default);
    }
}

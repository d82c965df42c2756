using EdgeFace.Cli;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary>Where this program finds models, and what else is going on while it measures.</summary>
static class Machine
{
    /// <summary>The same data folder as <c>edgeface</c> has.</summary>
    public static Installation Home() => new(
        Path.Combine(AppContext.BaseDirectory, "device-profiles", "models.json"), StateFolder.Default(), TimeProvider.System);

    /// <summary>Processes that wanted to run, on average over the last minute; with cores, it says how quiet it was.</summary>
    public static string Load() =>
        $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {Environment.ProcessorCount} cores";

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using EdgeFace.Storage;

namespace EdgeFace.Benchmarks;

/// <summary><c>kills</c>: a journal under load whose process is killed at random moments, again and again.</summary>
static class JournalKills
{
    public static Command Create()
    {
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 200 };
        var seed = new Option<int?>("--seed");
        var command = new Command("kills",
            "kill -9 at random moments, one in five while it opens. Exit code 1: an acknowledged event is lost, or the chain is broken.")
        {
            count, seed,
        };
        command.SetAction(async (parse, stop) =>
        {
            var random = parse.GetValue(seed) ?? Random.Shared.Next();
            var report = await RunAsync(parse.GetValue(count), random, stop);
            await parse.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report, JournalBenchJson.Default.CrashReport));
            return report.IsClean ? 0 : 1;
        });
        return command;
    }

    static async Task<CrashReport> RunAsync(int count, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        var home = Directory.CreateTempSubdirectory("edgeface-kills-").FullName;
        var folder = new StateFolder(Path.Combine(home, "data"));
        var report = new CrashReport("kill -9", "FULL", seed);
        var watch = Stopwatch.StartNew();
        for (var cycle = 0; cycle < count; cycle++)
        {
            using var victim = new JournalVictim(folder, "FULL");
            if (random.Next(5) > 0) await victim.Ready;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(10, 400)), TimeProvider.System, stop);
            await victim.KillAsync();
            report = report.With(JournalVictim.Look(folder, victim.Acked()));
        }

        Directory.Delete(home, recursive: true);
        return report with { Seconds = watch.Elapsed.TotalSeconds };
    }
}

/// <summary>What <c>kills</c> and <c>cuts</c> print.</summary>
/// <param name="How">What was done to it.</param>
/// <param name="Synchronous">SQLite's setting; NORMAL is the arm that must lose.</param>
/// <param name="Seed">Of the moments.</param>
/// <param name="Cycles">How often.</param>
/// <param name="Acked">Events that were said to be durable before it.</param>
/// <param name="Lost">Of those, the ones that are gone or are others.</param>
/// <param name="CyclesWithLoss">In how many cycles any was.</param>
/// <param name="Twice">Numbers given out twice.</param>
/// <param name="StatesBehind">Cycles whose small state was older than an event it belongs to.</param>
/// <param name="Broken">Cycles whose journal did not verify: chain, numbers, signatures, integrity_check.</param>
/// <param name="FirstBroken">What the verifier said the first time.</param>
/// <param name="Events">In the journal at the end.</param>
/// <param name="Seconds">All of it.</param>
sealed record CrashReport(
    string How, string Synchronous, int Seed, int Cycles = 0, long Acked = 0, long Lost = 0, int CyclesWithLoss = 0, long Twice = 0,
    int StatesBehind = 0, int Broken = 0, string? FirstBroken = null, long Events = 0, double Seconds = 0)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsClean => Lost + Twice + StatesBehind + Broken == 0;

    public CrashReport With(Finding found) => this with
    {
        Cycles = Cycles + 1,
        Acked = Acked + found.Acked,
        Lost = Lost + found.Lost,
        CyclesWithLoss = CyclesWithLoss + (found.Lost > 0 ? 1 : 0),
        Twice = Twice + found.Twice,
        StatesBehind = StatesBehind + found.StatesBehind,
        Broken = Broken + (found.Broken is null || found is { Acked: 0, Events: 0 } ? 0 : 1),
        FirstBroken = FirstBroken ?? (found is { Acked: 0, Events: 0 } ? null : found.Broken),
        Events = found.Events,
    };
}

using EdgeFace.Capture;
using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Pipeline;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>What a stage gets done with some models.</summary>
/// <param name="Stage">"detection", "landmarks", "embedding", "liveness": one bare inference; "frame": all of a door's work to the decision.</param>
/// <param name="Model">Card of the stage; of a frame, those that are not the default pack's.</param>
/// <param name="Provider">What computed it.</param>
/// <param name="InFlight">With 1, 2, 4 and 8 at once.</param>
sealed record BenchRow(string Stage, string Model, string Provider, InFlightTiming[] InFlight);

/// <summary>What each stage takes and how much gets done with several requests in flight on one session of each model.</summary>
static class BenchLoad
{
    /// <summary>Times that two choices of models take turns.</summary>
    const int Turns = 4;

    static readonly int[] InFlight = [1, 2, 4, 8];

    /// <param name="home">Cards and files.</param>
    /// <param name="chosen">The profile; null: none fits.</param>
    /// <param name="providers">What of it can be had.</param>
    /// <param name="inference">How models are run.</param>
    /// <param name="named">Cards to measure beside the default pack's; empty: the 8-bit ones that are installed.</param>
    /// <param name="frame">With a face.</param>
    /// <param name="budget">For each row.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="ModelException">A model is missing, damaged, or of another kind than its stage needs.</exception>
    public static async Task<(BenchProfile Profile, BenchRow[] Rows)> MeasureAsync(
        Installation home, HardwareChoice? chosen, BenchProviders providers, InferenceOptions inference,
        IReadOnlyDictionary<InferenceStage, string> named, Frame frame, TimeSpan budget, CancellationToken stop)
    {
        var (catalog, folder) = (home.Catalog(), home.Data.Models);
        using var usual = Arm(BenchModels.Usual(catalog));
        using var beside = BenchModels.Beside(catalog, folder, named) is { } models ? Arm(models) : null;
        BenchArm[] arms = beside is null ? [usual] : [usual, beside];
        var passed = new List<ProviderFinding>();
        foreach (var arm in arms) passed.AddRange(arm.Adopt(await providers.SelectAsync(arm.Models, stop), providers.Cache));

        var rows = new List<BenchRow>();
        foreach (InferenceStage? stage in (InferenceStage?[])[.. Enum.GetValues<InferenceStage>(), null])
        {
            // A model that is the same in both is measured once.
            BenchArm[] taking = stage is { } one && beside?.Models.Cards[one] == usual.Models.Cards[one] ? [usual] : arms;
            rows.AddRange(await RowsAsync(taking, stage, budget, home.Time, stop));
        }

        return (BenchProfile.Of(chosen, inference, passed), [.. rows]);

        BenchArm Arm(BenchModels models) => new(models, catalog, folder, inference, InFlight.Max(), frame, home.Time);
    }

    static async Task<IEnumerable<BenchRow>> RowsAsync(
        BenchArm[] arms, InferenceStage? stage, TimeSpan budget, TimeProvider time, CancellationToken stop)
    {
        var timings = arms.Select(_ => new List<InFlightTiming>()).ToArray();
        foreach (var count in InFlight)
        {
            InFlightTimer[] timers = [.. arms.Select(arm => new InFlightTimer(arm.Workers(stage, count), time))];
            for (var turn = 0; turn < Turns; turn++)
                foreach (var timer in timers) await timer.RunAsync(budget / InFlight.Length / Turns, stop);

            foreach (var (index, timer) in timers.Index()) timings[index].Add(timer.Timing);
        }

        stop.ThrowIfCancellationRequested();
        return arms.Select((arm, index) => new BenchRow(
            stage is { } one ? Words.Snake(one) : "frame", NameOf(arm, arms[0], stage), arm.ProviderOf(stage), [.. timings[index]]));
    }

    static string NameOf(BenchArm arm, BenchArm usual, InferenceStage? stage)
    {
        if (stage is { } one) return arm.Models.Cards[one].Id;

        string[] other = [.. arm.Models.Cards.Where(pair => pair.Value != usual.Models.Cards[pair.Key]).Select(pair => pair.Value.Id)];
        return other.Length == 0 ? "default pack" : $"with {string.Join(", ", other)}";
    }
}

using EdgeFace.Documents;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>What the doctor says of the providers: what computes each stage, how fast, and why it is not what was wished for.</summary>
static class ProviderFindings
{
    const string Check = "computes";

    /// <param name="plan">The wishes.</param>
    /// <param name="models">Folder of the model files.</param>
    /// <param name="probe">Tries them, each in a process of its own.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Nothing where a model is missing.</returns>
    public static async Task<IReadOnlyList<ProviderFinding>> TryAsync(InferencePlan plan, string models, ProviderProbe probe, CancellationToken stop)
    {
        if (Missing(plan, models) is not null) return [];

        var selection = new ProviderSelection(probe, models, cache: null, threads: 1);
        return await selection.SelectAsync(plan, await selection.LibraryFaultAsync(plan, stop), stop);
    }

    /// <param name="plan">The wishes.</param>
    /// <param name="models">Folder of the model files.</param>
    /// <param name="found">What <see cref="TryAsync"/> gave.</param>
    public static IReadOnlyList<Finding> Of(InferencePlan plan, string models, IReadOnlyList<ProviderFinding> found)
    {
        if (Missing(plan, models) is { } missing)
            return [Finding.Warn(Check, $"nothing could be tried: the model '{missing.Id}' is not there", ModelFile.Cure(missing))];

        return
        [
            // One line for all stages that the same thing befell.
            .. found.Where(each => !each.IsTaken).GroupBy(each => (each.Provider, each.Message, each.Remedy)).Select(group => Finding.Warn(
                Check, $"not with {group.Key.Provider} ({string.Join(", ", group.Select(each => Words.Snake(each.Stage)))}): {group.Key.Message}", group.Key.Remedy)),
            .. found.Where(each => each.IsTaken).Select(each => each.Ms is null
                ? Finding.Fail(Check, $"{Words.Snake(each.Stage)}: not even the CPU gave a result", "edgeface models verify; then install EdgeFace anew")
                : Finding.Ok(Check, $"{Words.Snake(each.Stage)}: {each.Provider}, {Time(each)}")),
        ];
    }

    /// <summary>
    /// Where the daemon computes with something else than was found here: the doctor runs outside of its sandbox, and may open more; and
    /// what one process alone may open is the daemon's already.
    /// </summary>
    /// <param name="found">What was tried here.</param>
    /// <param name="cards">The model of each stage.</param>
    /// <param name="runs">By model, what the daemon computes with.</param>
    /// <param name="dropIn">What opens devices to the service; null: nothing is known.</param>
    public static IEnumerable<Finding> Beside(
        IReadOnlyList<ProviderFinding> found, IReadOnlyDictionary<InferenceStage, ModelCard> cards, IReadOnlyDictionary<string, string> runs, string? dropIn)
    {
        foreach (var (stage, here) in found.Where(each => each.IsTaken).Select(each => (each.Stage, $"{each.Provider}")))
        {
            if (!runs.TryGetValue(cards[stage].Id, out var there) || there == here) continue;

            var cpu = $"{new ProviderChoice()}";
            yield return here == cpu
                ? Finding.Ok(Check, $"{Words.Snake(stage)}: the daemon computes it with {there}; what was not to be had here it may hold itself")
                : Finding.Warn(Check, $"{Words.Snake(stage)}: the daemon computes it with {there}; {here} was tried here, outside of the service's sandbox, which may open less",
                    $"edgeface status says why; {dropIn ?? "a drop-in with DeviceAllow= (/usr/lib/edgeface/systemd has some) opens devices to the service"}");
        }
    }

    static ModelCard? Missing(InferencePlan plan, string models) => plan.Cards.Values.FirstOrDefault(card => !File.Exists(Path.Combine(models, card.File)));

    static string Time(ProviderFinding finding) => finding.Provider.Provider is ExecutionProvider.Cpu
        ? FormattableString.Invariant($"{finding.Ms:F1} ms") : FormattableString.Invariant($"{finding.Ms:F1} ms (the CPU {finding.CpuMs:F1} ms)");
}

using EdgeFace.Inference;
using EdgeFace.Storage;

namespace EdgeFace.Profiles;

/// <summary>What the doctor says of the providers: what computes each stage, how fast, and why it is not what was wished for.</summary>
static class ProviderFindings
{
    const string Check = "computes";

    /// <param name="plan">The wishes.</param>
    /// <param name="models">Folder of the model files.</param>
    /// <param name="probe">Tries them, each in a process of its own.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<IReadOnlyList<Finding>> OfAsync(InferencePlan plan, string models, ProviderProbe probe, CancellationToken stop)
    {
        if (plan.Cards.Values.FirstOrDefault(card => !File.Exists(Path.Combine(models, card.File))) is { } missing)
            return [Finding.Warn(Check, $"nothing could be tried: the model '{missing.Id}' is not there", ModelFile.Cure(missing))];

        var selection = new ProviderSelection(probe, models, cache: null, threads: 1);
        var library = plan.Library is { } folder ? await selection.LibraryFaultAsync(folder, stop) : null;
        var found = await selection.SelectAsync(plan, library, stop);
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

    static string Time(ProviderFinding finding) => finding.Provider.Provider is ExecutionProvider.Cpu
        ? FormattableString.Invariant($"{finding.Ms:F1} ms") : FormattableString.Invariant($"{finding.Ms:F1} ms (the CPU {finding.CpuMs:F1} ms)");
}

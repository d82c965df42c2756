using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Keeping;
using EdgeFace.Storage;

namespace EdgeFace.Profiles;

/// <summary>What became of a provider that was wished for at a stage.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Provider">Which.</param>
/// <param name="Fault">Why it was not taken; null: it was.</param>
/// <param name="Message">What happened; "" where it was taken.</param>
/// <param name="Remedy">What to do; "" where it was taken.</param>
/// <param name="Ms">Median of one inference; null: it never computed.</param>
/// <param name="CpuMs">Of the CPU, measured in the same minute.</param>
/// <param name="UntilRestart">Nothing that happens while this process runs can change it: its library is bound once, or is not.</param>
sealed record ProviderFinding(
    InferenceStage Stage, ProviderChoice Provider, ProviderFault? Fault = null, string Message = "", string Remedy = "", double? Ms = null,
    double? CpuMs = null, bool UntilRestart = false)
{
    public bool IsTaken => Fault is null;

    /// <summary>It may go away by itself, or by a plug: it is worth another look while the daemon runs.</summary>
    public bool MayPass => !UntilRestart && Fault is ProviderFault.NoDevice or ProviderFault.Failed or ProviderFault.Crashed or ProviderFault.TimedOut;
}

/// <summary>
/// Finds for each stage the first of the wished providers that computes what the CPU computes. Each is tried in a process of its own;
/// what fails, whatever way, is passed over with its reason, and the CPU is always at the end.
/// </summary>
/// <param name="probe">Tries.</param>
/// <param name="models">Folder of the model files.</param>
/// <param name="cache">Folder for what providers compile; null keeps nothing.</param>
/// <param name="threads">Of one inference.</param>
sealed class ProviderSelection(ProviderProbe probe, string models, string? cache, int threads)
{
    /// <summary>Folder for what providers compile; null keeps nothing.</summary>
    public string? Cache => cache;

    /// <summary>As a daemon tries: by this program, and what is compiled is kept in its data folder. Where that cannot be, it is compiled at every start.</summary>
    public static ProviderSelection In(StateFolder data, InferencePlan plan, TimeProvider time, int threads)
    {
        string? compiled = null;
        try
        {
            if (!plan.IsPlain) OwnerOnly.CreateFolder(compiled = data.Compiled);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            compiled = null;
        }

        return new ProviderSelection(new ProviderProbe(ProviderProbe.Here, time), data.Models, compiled, threads);
    }

    /// <summary>
    /// Whether the plan's library can be bound; asked before anything is computed in this process. On its CPU it has to compute what the one
    /// that comes along computes: all that no provider takes is computed there.
    /// </summary>
    /// <returns>Null when it can, and where there is none.</returns>
    public async Task<(ProviderFault Fault, string Message)?> LibraryFaultAsync(InferencePlan plan, CancellationToken stop)
    {
        if (plan.Library is not { } library) return null;

        // At once: somebody stands at the door.
        var shipped = probe.RunAsync(Request(null, new ProviderChoice(), plan.Cards, plan.LibrarySeconds), stop);
        var tried = await probe.RunAsync(Request(library, new ProviderChoice(), plan.Cards, plan.LibrarySeconds), stop);
        var expected = await shipped;
        if (tried.Fault is { } fault) return (fault, tried.Message);
        if (expected.Fault is ProviderFault.TimedOut) return (ProviderFault.TimedOut, $"there is nothing to hold {library} against: {expected.Message}");

        // Where the one that comes along cannot be loaded, as on a system that is too old for it, there is no better one than the vendor's.
        foreach (var (stage, on) in expected.Stages)
        {
            if (StageTrial.Difference(stage, on.Values ?? [], tried.Stages.GetValueOrDefault(stage)?.Values ?? []) is { } difference)
                return (ProviderFault.WrongNumbers, $"{Path.Combine(library, RuntimeLibrary.FileName)} computes something else for {Words.Snake(stage)} than the ONNX Runtime that comes along: {difference}");
        }

        return null;
    }

    /// <summary>Tries all that is wished for.</summary>
    /// <param name="plan">The wishes.</param>
    /// <param name="library">Why its library cannot be bound; null: it can, or there is none.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>In the order of the stages; of each stage what was passed over, and last what was taken.</returns>
    public async Task<IReadOnlyList<ProviderFinding>> SelectAsync(
        InferencePlan plan, (ProviderFault Fault, string Message)? library, CancellationToken stop)
    {
        if (plan.Wishes.Count == 0) return [];

        var folder = library is null ? plan.Library : null;
        var cpu = await probe.RunAsync(
            Request(null, new ProviderChoice(), plan.Cards.Where(card => plan.Wishes.ContainsKey(card.Key)).ToDictionary(), plan.ProbeSeconds), stop);
        var findings = plan.Wishes.Keys.ToDictionary(stage => stage, _ => new List<ProviderFinding>());
        for (var open = plan.Wishes.Keys.ToArray(); open.Length > 0;
            open = [.. open.Where(stage => !findings[stage].Any(each => each.IsTaken) && findings[stage].Count < plan.Wishes[stage].Count)])
        {
            // Stages that wish for the same next are tried together: a device is opened once.
            foreach (var group in open.GroupBy(stage => plan.Wishes[stage][findings[stage].Count]).ToArray())
            {
                foreach (var finding in await TryAsync(group.Key, [.. group])) findings[finding.Stage].Add(finding);
            }
        }

        return [.. findings.Values.SelectMany(list => list)];

        async Task<IEnumerable<ProviderFinding>> TryAsync(ProviderChoice choice, InferenceStage[] stages)
        {
            if (choice.Provider is ExecutionProvider.Cpu)
            {
                return stages.Select(stage => new ProviderFinding(
                    stage, choice, Ms: cpu.Stages.GetValueOrDefault(stage)?.Ms, CpuMs: cpu.Stages.GetValueOrDefault(stage)?.Ms));
            }

            if (plan.Idle is { } idle)
            {
                return stages.Select(stage => Passed(stage, choice, ProviderFault.WrongVersion, idle, plan) with
                {
                    Remedy = RuntimeNeeds.IdleRemedy,
                    UntilRestart = true,
                });
            }

            var tried = await probe.RunAsync(
                Request(folder, choice, plan.Cards.Where(card => stages.Contains(card.Key)).ToDictionary(), plan.ProbeSeconds), stop);
            // A plugin stands beside any runtime, and the one that comes along may hold the provider itself. Where it does not, the
            // reason is that of the vendor's.
            if (library is { } refused && tried.Fault is ProviderFault.NotBuilt)
                return stages.Select(stage => Unbound(stage, choice, refused, plan));

            ProviderFinding[] judged = [.. stages.Select(stage => Judge(stage, choice, tried, cpu, plan))];
            // Where its own proof found it out, that process has thrown it away.
            foreach (var wrong in judged.Where(each => each is { Fault: ProviderFault.WrongNumbers, Ms: not null }))
                EngineCache.Drop(EngineCache.Of(cache, plan.Cards[wrong.Stage], batch: 1, choice));
            return judged;
        }
    }

    /// <summary>Passed over since its library is not bound: in this process it never will be.</summary>
    public static ProviderFinding Unbound(InferenceStage stage, ProviderChoice choice, (ProviderFault Fault, string Message) library, InferencePlan plan) =>
        Passed(stage, choice, library.Fault, library.Message, plan) with
        {
            UntilRestart = true,
            Remedy = library.Fault switch
            {
                ProviderFault.TimedOut => $"let it take longer than {plan.LibrarySeconds} s (inference.library_seconds), or take it out (inference.library: \"\"), and restart the service",
                ProviderFault.LibraryMissing or ProviderFault.WrongVersion => $"{Install(plan)}; then restart the service",
                _ => "bring the library, its driver and what it needs to versions that belong together, or take it out (inference.library: \"\"); then restart the service",
            },
        };

    static string Install(InferencePlan plan) => plan.Install is { } install
        ? $"install what this machine needs: {install}" : "install a runtime that has it and name its folder in inference.library, or take it out of inference.providers";

    static ProviderFinding Judge(InferenceStage stage, ProviderChoice choice, TrialResult tried, TrialResult cpu, InferencePlan plan)
    {
        if (!tried.Stages.TryGetValue(stage, out var given))
        {
            return tried.Fault is { } fault
                ? Passed(stage, choice, fault, tried.Message, plan)
                : Passed(stage, choice, ProviderFault.Failed, $"{choice} gave nothing for {Words.Snake(stage)}", plan);
        }

        if (given.Own == 0)
            return Passed(stage, choice, ProviderFault.NotUsed, $"{choice} takes no operator of this model: all of it would be computed by the CPU", plan);
        if (!cpu.Stages.TryGetValue(stage, out var expected))
            return Passed(stage, choice, ProviderFault.Failed, $"there is nothing to compare it with: on the CPU, {cpu.Message}", plan);

        return StageTrial.Difference(stage, expected.Values ?? [], given.Values ?? []) is { } difference
            ? Passed(stage, choice, ProviderFault.WrongNumbers, $"{choice} computes something else than the CPU: {difference}", plan) with { Ms = given.Ms, CpuMs = expected.Ms }
            : new ProviderFinding(stage, choice, Ms: given.Ms, CpuMs: expected.Ms);
    }

    static ProviderFinding Passed(InferenceStage stage, ProviderChoice choice, ProviderFault fault, string message, InferencePlan plan) =>
        new(stage, choice, fault, message.TrimEnd('.'), fault switch
        {
            ProviderFault.LibraryMissing or ProviderFault.NotBuilt or ProviderFault.WrongVersion => Install(plan),
            ProviderFault.NoDevice => "plug it in, load its driver and let this user open it; edgeface doctor shows which of these is missing",
            ProviderFault.TimedOut => $"let it take longer than {plan.ProbeSeconds} s (inference.probe_seconds), or take it out of inference.providers",
            ProviderFault.NotUsed => "take it out of inference.providers of that stage",
            _ => "bring driver and runtime to versions that belong together, or take it out of inference.providers",
        });

    TrialRequest Request(string? library, ProviderChoice choice, IReadOnlyDictionary<InferenceStage, ModelCard> cards, double seconds) =>
        new(library, choice, cards, models, cache, threads, seconds);
}

using System.ComponentModel.DataAnnotations;
using EdgeFace.Documents;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>What a device asks for in place of what its hardware profile says.</summary>
/// <param name="Library">Folder of the vendor's own <c>libonnxruntime.so</c>; "" takes the one that comes along.</param>
/// <param name="Providers">In order of preference, for every stage; the last is the CPU.</param>
/// <param name="Stages">For single stages: detection, landmarks, embedding, liveness.</param>
/// <param name="Models">Card of a stage in place of the default pack's. Whoever was enrolled with another embedder is not known with this one.</param>
/// <param name="ProbeSeconds">How long a provider may take to show that it computes; engines that are built at first take minutes. The doors do not wait.</param>
/// <param name="LibrarySeconds">How long the library may take to show that it computes as the one that comes along. Nobody is recognised before: what is computed once is computed with it to the end.</param>
sealed record InferenceProfile(
    string? Library = null,
    IReadOnlyList<ProviderChoice>? Providers = null,
    IReadOnlyDictionary<string, IReadOnlyList<ProviderChoice>>? Stages = null,
    IReadOnlyDictionary<string, string>? Models = null,
    [property: Range(1, 1800)] int ProbeSeconds = 60,
    [property: Range(1, 60)] int LibrarySeconds = 10)
{
    /// <summary>What no single value can know.</summary>
    internal void Check(DocumentCheck check)
    {
        if (Library is { Length: > 0 } && !Path.IsPathFullyQualified(Library)) check.Fault($"a library's folder is a full path, not {Library}", "library");
        if (Providers is not null) CheckProviders(check, Providers, "providers");
        CheckStages(check, Stages);
        foreach (var stage in (Models ?? new Dictionary<string, string>()).Keys.Where(stage => StageOf(stage) is null)) check.Fault(NoStage(stage), "models", stage);
    }

    internal static void CheckStages(DocumentCheck check, IReadOnlyDictionary<string, IReadOnlyList<ProviderChoice>>? stages)
    {
        foreach (var (stage, providers) in stages ?? new Dictionary<string, IReadOnlyList<ProviderChoice>>())
        {
            if (StageOf(stage) is null) check.Fault(NoStage(stage), "stages", stage);
            CheckProviders(check, providers, "stages", stage);
        }
    }

    internal static void CheckProviders(DocumentCheck check, IReadOnlyList<ProviderChoice> providers, params object[] path)
    {
        if (providers is not [.., { Provider: ExecutionProvider.Cpu }])
            check.Fault("the last provider is the CPU: a door must go on when all others fail", path);
        foreach (var (index, choice) in providers.Index())
            if (choice.Contradiction() is { } wrong) check.Fault(wrong, [.. path, index]);
    }

    /// <summary>By its word in a profile; null: there is no such stage.</summary>
    public static InferenceStage? StageOf(string word)
    {
        foreach (var stage in Enum.GetValues<InferenceStage>())
            if (Words.Snake(stage) == word) return stage;

        return null;
    }

    static string NoStage(string stage) =>
        $"there is no stage '{stage}'; the stages are: {string.Join(", ", Enum.GetValues<InferenceStage>().Select(each => Words.Snake(each)))}";
}

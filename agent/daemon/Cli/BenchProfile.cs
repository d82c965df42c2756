using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>The hardware profile of a measurement, and what of it could be used on this machine.</summary>
/// <param name="Name">Null: none fits.</param>
/// <param name="Title">For people.</param>
/// <param name="Seen">Whether EdgeFace has ever run on its hardware.</param>
/// <param name="Fits">Whether this machine is one of those that it is for.</param>
/// <param name="Threads">Of one inference on the CPU.</param>
/// <param name="Requests">That it keeps in flight.</param>
/// <param name="Providers">That it prefers, in order.</param>
/// <param name="Refused">Those of them that cannot be had here.</param>
sealed record BenchProfile(
    string? Name, string? Title, bool Seen, bool Fits, int Threads, int Requests, string[] Providers, RefusedProvider[] Refused)
{
    public static BenchProfile Of(
        HardwareChoice? chosen, InferenceOptions inference, IEnumerable<ProviderFinding> passed) => new(
            chosen?.Name, chosen?.Profile.Title, chosen?.Profile.Seen ?? false, chosen?.Fits ?? false, inference.ThreadsHere,
            chosen?.Profile.Requests ?? 1, [.. chosen?.Profile.Providers.Select(each => $"{each}") ?? [$"{new ProviderChoice()}"]],
            [.. passed.GroupBy(each => (Provider: $"{each.Provider}", each.Message, each.Remedy)).Select(group => new RefusedProvider(
                group.Key.Provider, [.. group.Select(each => Words.Snake(each.Stage)).Distinct()], group.Key.Message, group.Key.Remedy))]);

    /// <summary>What whoever reads the figures has to know, a sentence each.</summary>
    public IEnumerable<string> Notes()
    {
        if (Name is null) yield return "No hardware profile fits this machine: the models run on its CPU.";
        if (Name is not null && !Fits) yield return $"This machine is not what {Name} is for: the figures are this machine's, with that profile's settings.";
        if (Name is not null && !Seen) yield return "This profile was never seen on its hardware.";
        foreach (var refused in Refused) yield return $"{refused.Provider} is not used here ({string.Join(", ", refused.Stages)}): {refused.Why}. To change that, {refused.Remedy}.";
    }
}

/// <param name="Provider">As a person says it.</param>
/// <param name="Stages">That wanted it.</param>
/// <param name="Why">What happened.</param>
/// <param name="Remedy">What to do.</param>
sealed record RefusedProvider(string Provider, string[] Stages, string Why, string Remedy);

using EdgeFace.Documents;
using EdgeFace.Inference;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>
/// What of a profile's providers can be had here: each is tried in a process of its own and held against the CPU before it is measured.
/// Made before anything is computed in this process, since it binds the vendor's runtime where the profile names one.
/// </summary>
sealed class BenchProviders
{
    readonly HardwareProfile? _hardware;
    readonly ModelCatalog _catalog;
    readonly ProviderSelection _selection;
    readonly (ProviderFault Fault, string Message)? _library;

    BenchProviders(HardwareProfile? hardware, ModelCatalog catalog, ProviderSelection selection, (ProviderFault Fault, string Message)? library) =>
        (_hardware, _catalog, _selection, _library) = (hardware, catalog, selection, library);

    /// <summary>Folder of what was compiled for them; null: there is none.</summary>
    public string? Cache { get; private init; }

    public static async Task<BenchProviders> PrepareAsync(
        Installation home, HardwareProfile? hardware, InferenceOptions inference, CancellationToken stop)
    {
        var catalog = home.Catalog();
        // What the daemon has had compiled is taken; where it never ran, nothing is kept.
        var cache = Directory.Exists(home.Data.Compiled) ? home.Data.Compiled : null;
        var selection = new ProviderSelection(new ProviderProbe(ProviderProbe.Here, home.Time), home.Data.Models, cache, inference.ThreadsHere);
        var plan = InferencePlan.Of(hardware, own: null, catalog);
        var fault = await selection.LibraryFaultAsync(plan, stop);
        if (plan.Library is { } library && fault is null) RuntimeLibrary.Bind(library);
        return new BenchProviders(hardware, catalog, selection, fault) { Cache = cache };
    }

    /// <returns>Of each stage what was passed over, and last what can be taken; nothing where the profile wants the CPU alone.</returns>
    public async Task<IReadOnlyList<ProviderFinding>> SelectAsync(BenchModels models, CancellationToken stop)
    {
        var own = new InferenceProfile(Models: models.Cards.ToDictionary(pair => Words.Snake(pair.Key), pair => pair.Value.Id));
        var plan = InferencePlan.Of(_hardware, own, _catalog);
        return plan.IsPlain ? [] : await _selection.SelectAsync(plan, _library, stop);
    }
}

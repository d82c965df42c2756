using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>What the models of a device are wished to be computed with: its own wishes, and where it has none its hardware's.</summary>
/// <param name="Library">Folder of the vendor's runtime; null: the one that comes along.</param>
/// <param name="Wishes">Of each stage, in order of preference; the last is the CPU.</param>
/// <param name="Cards">The model of each stage.</param>
/// <param name="Install">What to type for what the hardware needs; null: nothing is known.</param>
/// <param name="ProbeSeconds">How long a provider may take to show that it computes.</param>
/// <param name="LibrarySeconds">Likewise the library.</param>
/// <param name="Idle">Why nothing but the CPU is even tried; null: it is.</param>
sealed record InferencePlan(
    string? Library, IReadOnlyDictionary<InferenceStage, IReadOnlyList<ProviderChoice>> Wishes, IReadOnlyDictionary<InferenceStage, ModelCard> Cards,
    string? Install, int ProbeSeconds, int LibrarySeconds, string? Idle = null)
{
    static readonly IReadOnlyList<ProviderChoice> CpuAlone = [new ProviderChoice()];

    /// <param name="hardware">Null: no profile fits this machine.</param>
    /// <param name="own">Null: the device has no wishes of its own.</param>
    /// <param name="catalog">Of the models.</param>
    /// <exception cref="ModelException">There is no card of a wished id.</exception>
    public static InferencePlan Of(HardwareProfile? hardware, InferenceProfile? own, ModelCatalog catalog)
    {
        var library = own?.Library ?? hardware?.Runtime?.Library;
        var usual = new InferenceProfile();
        return new InferencePlan(
            string.IsNullOrEmpty(library) ? null : library,
            Enum.GetValues<InferenceStage>().ToDictionary(stage => stage, WishesOf),
            Enum.GetValues<InferenceStage>().ToDictionary(stage => stage, CardOf),
            hardware?.Runtime?.Install, own?.ProbeSeconds ?? usual.ProbeSeconds, own?.LibrarySeconds ?? usual.LibrarySeconds,
            // Unless somebody brings a runtime, or wishes of his own.
            own is { Library.Length: > 0 } or { Providers: not null } or { Stages: not null } ? null : hardware?.Runtime?.Idle);

        IReadOnlyList<ProviderChoice> WishesOf(InferenceStage stage)
        {
            var word = Documents.Words.Snake(stage);
            return own?.Stages?.GetValueOrDefault(word) ?? own?.Providers ?? hardware?.Stages?.GetValueOrDefault(word) ?? hardware?.Providers ?? CpuAlone;
        }

        ModelCard CardOf(InferenceStage stage) => own?.Models?.GetValueOrDefault(Documents.Words.Snake(stage)) is { } id ? catalog[id] : stage switch
        {
            InferenceStage.Detection => catalog.DefaultOf(FaceDetector.Kinds),
            InferenceStage.Landmarks => catalog.DefaultOf(ModelKind.Landmarks68),
            InferenceStage.Embedding => catalog.DefaultOf(ModelKind.Embedding),
            _ => catalog.DefaultOf(ModelKind.Liveness),
        };
    }

    /// <summary>Nothing but the CPU that comes along is asked for: there is nothing to try.</summary>
    public bool IsPlain => Library is null && Wishes.Values.All(list => list is [{ Provider: ExecutionProvider.Cpu }, ..]);
}

using EdgeFace.Inference;
using EdgeFace.Profiles;

namespace EdgeFace.Cli;

/// <summary>Which card computes each stage of a measurement.</summary>
sealed record BenchModels(IReadOnlyDictionary<InferenceStage, ModelCard> Cards)
{
    const string InEightBits = "-int8";

    /// <summary>The default pack's.</summary>
    public static BenchModels Usual(ModelCatalog catalog) => new(InferencePlan.Of(hardware: null, own: null, catalog).Cards);

    /// <summary>What is measured beside them: what was named, else the 8-bit models that are installed; null where there is neither.</summary>
    /// <exception cref="ModelException">BadCard: there is no card of a name.</exception>
    public static BenchModels? Beside(ModelCatalog catalog, string folder, IReadOnlyDictionary<InferenceStage, string> named)
    {
        var usual = Usual(catalog).Cards;
        var inventory = new ModelInventory(catalog, folder);
        var cards = usual.ToDictionary(
            pair => pair.Key, pair => named.Count > 0
                ? named.TryGetValue(pair.Key, out var id) ? catalog[id] : pair.Value
                : catalog.Models.Where(card => IsEightBits(card, pair.Value)).OrderByDescending(card => card.Id == pair.Value.Id + InEightBits)
                    .FirstOrDefault(card => inventory.Verify([card.Id]) is [{ State: ModelState.Installed }]) ?? pair.Value);
        return cards.Any(pair => pair.Value != usual[pair.Key]) ? new BenchModels(cards) : null;
    }

    static bool IsEightBits(ModelCard card, ModelCard usual) =>
        card.Kind == usual.Kind && card.Id.EndsWith(InEightBits, StringComparison.Ordinal);

    /// <summary>"embedding=mobilefacenet-512-int8"; null: it is no such thing, or no stage.</summary>
    public static (InferenceStage Stage, string Card)? Named(string text) =>
        text.Split('=', 2) is [var word, { Length: > 0 } card] && InferenceProfile.StageOf(word) is { } stage ? (stage, card) : null;
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Inference;

/// <summary>All model cards of an installation, and which of them make the default pack. Read from <c>models.json</c>.</summary>
/// <param name="Models">The cards.</param>
/// <param name="Default">Ids of the cards that are installed and used when nothing else is said.</param>
public sealed record ModelCatalog(ModelCard[] Models, string[] Default)
{
    /// <exception cref="ModelException">The file is missing or is not a list of cards; the message names the place.</exception>
    public static ModelCatalog Load(string file)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(file);
            var catalog = JsonSerializer.Deserialize(stream, ModelCatalogJson.Default.ModelCatalog)
                ?? throw new ModelException(ModelFault.BadCard, $"{file} holds no model cards.");
            return catalog.Checked(file);
        }
        catch (IOException e)
        {
            throw new ModelException(ModelFault.Missing, $"The model cards cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ModelException(ModelFault.BadCard,
                $"{file}, line {e.LineNumber + 1}, {e.Path}: not a model card. {e.Message}", e);
        }
    }

    /// <exception cref="ModelException">No card of that id; the message lists those there are.</exception>
    public ModelCard this[string id] => Models.FirstOrDefault(card => card.Id == id)
        ?? throw new ModelException(ModelFault.BadCard,
            $"There is no model card '{id}'. Known: {string.Join(", ", Models.Select(card => card.Id))}.");

    /// <summary>The default pack's card of a kind.</summary>
    /// <exception cref="ModelException">The default pack has none.</exception>
    public ModelCard DefaultOf(params ReadOnlySpan<ModelKind> kinds)
    {
        foreach (var id in Default)
            if (kinds.Contains(this[id].Kind)) return this[id];

        throw new ModelException(ModelFault.BadCard, $"The default pack has no model of the kind {kinds[0]}.");
    }

    ModelCatalog Checked(string file)
    {
        foreach (var card in Models)
        {
            if (CardFault(card) is { } fault)
                throw new ModelException(ModelFault.BadCard, $"{file}, card '{card.Id}': {fault}.");
        }

        foreach (var id in Default) _ = this[id];
        return this;
    }

    static string? CardFault(ModelCard card) => card switch
    {
        { Kind: ModelKind.Unknown } => "its kind is missing",
        { Sha256.Length: not 64 } => "sha256 is not 64 hex digits",
        { Input.Colour: ColourOrder.Unknown } => "its colour order is missing",
        { Input.Width: < 8 or > 4096 } or { Input.Height: < 8 or > 4096 } => "its input is not 8 to 4096 pixels a side",
        { Input.Mean.Length: not (1 or 3) } or { Input.Scale.Length: not (1 or 3) } => "mean and scale take one value or three",
        { Kind: ModelKind.Embedding, Width: < 1 } => "an embedder says how wide its vector is",
        { Kind: ModelKind.Embedding, AlignmentPoints: not { Length: 5 } } => "an embedder has five alignment points",
        _ => System.IO.Path.GetFileName(card.File) != card.File ? "its file name has a folder in it" : null,
    };
}

/// <summary>Unknown keys are faults: a misspelt key would otherwise be a silent default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ModelCatalog))]
sealed partial class ModelCatalogJson : JsonSerializerContext;

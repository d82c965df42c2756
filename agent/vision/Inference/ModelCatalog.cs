using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace EdgeFace.Inference;

/// <summary>
/// All model cards of an installation, and which of them make the default pack. Read from <c>models.json</c>.
/// </summary>
/// <param name="Models">The cards.</param>
/// <param name="Default">Ids of the cards that are installed and used when nothing else is said.</param>
public sealed partial record ModelCatalog(ModelCard[] Models, string[] Default)
{
    /// <summary>Reads the shipped cards and, when there are any, those that the user has added.</summary>
    /// <param name="file">The shipped <c>models.json</c>.</param>
    /// <param name="cardsFolder">A folder of one card per JSON file; it need not exist.</param>
    /// <exception cref="ModelException">
    /// BadCard: a file is not a card or a list of cards, or two cards share an id; the message names the file, the line and
    /// the key. Missing: a file cannot be read.
    /// </exception>
    public static ModelCatalog Load(string file, string? cardsFolder = null)
    {
        var catalog = Read(file, ModelCatalogJson.Default.ModelCatalog).Checked(file);
        if (cardsFolder is null || !Directory.Exists(cardsFolder)) return catalog;

        foreach (var own in Directory.GetFiles(cardsFolder, "*.json").Order(StringComparer.Ordinal))
            catalog = catalog.With(ReadCard(own), own);
        return catalog;
    }

    /// <summary>Reads one card.</summary>
    /// <exception cref="ModelException">
    /// BadCard or Missing; the message names the file, the line and the key.
    /// </exception>
    public static ModelCard ReadCard(string file) => Read(file, ModelCatalogJson.Default.ModelCard);

    /// <summary>These cards and one more.</summary>
    /// <param name="card">The card to add.</param>
    /// <param name="origin">Names its place in messages.</param>
    /// <exception cref="ModelException">
    /// BadCard: its values are out of range, or its id or file name is taken.
    /// </exception>
    public ModelCatalog With(ModelCard card, string origin) => (this with { Models = [.. Models, card] }).Checked(origin);

    static T Read<T>(string file, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, type)
                ?? throw new ModelException(ModelFault.BadCard, $"{file} holds no model card.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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

    ModelCatalog Checked(string origin)
    {
        foreach (var card in Models)
        {
            if (CardFault(card) is { } fault)
                throw new ModelException(ModelFault.BadCard, $"{origin}, card '{card.Id}': {fault}.");
            if (Array.Find(Models, other => !ReferenceEquals(other, card) && Clash(other, card)) is not null)
            {
                throw new ModelException(ModelFault.BadCard,
                    $"{origin}, card '{card.Id}': another card has the same id, " +
                    $"or the same file name '{card.File}' for other bytes.");
            }
        }

        foreach (var id in Default) _ = this[id];
        return this;
    }

    static bool Clash(ModelCard one, ModelCard other) =>
        one.Id == other.Id || one.File == other.File && one.Sha256 != other.Sha256;

    static string? CardFault(ModelCard card) => card switch
    {
        { Kind: ModelKind.Unknown } => "its kind is missing",
        { IsTemplate: true } =>
            "it is a template without size and digest; edgeface models add --card CARD.json --from MODEL.onnx fills them in",
        { Sha256.Length: not 64 } => "sha256 is not 64 hex digits",
        { Bytes: < 1 or > int.MaxValue } => "bytes is not 1 to 2147483647",
        { Input.Colour: ColourOrder.Unknown } => "its colour order is missing",
        { Input.Width: < 8 or > 4096 } or { Input.Height: < 8 or > 4096 } => "its input is not 8 to 4096 pixels a side",
        { Input.Mean.Length: not (1 or 3) } or { Input.Scale.Length: not (1 or 3) } => "mean and scale take one value or three",
        _ when !card.Input.Mean.All(float.IsFinite) => "mean is not a finite number",
        // The pixels are multiplied by 1 / scale: that must be a number too.
        _ when !card.Input.Scale.All(scale => float.IsFinite(scale) && float.IsFinite(1 / scale)) =>
            "scale is 0 or not a finite number",
        { Input.Crop: not (> 0 and <= 10) } => "crop is not above 0 and at most 10",
        { Kind: ModelKind.Embedding, Width: < 1 or > ModelCard.WidthMost } =>
            $"an embedder's vector has 1 to {ModelCard.WidthMost} values",
        { Kind: ModelKind.Embedding, AlignmentPoints: not { Length: 5 } } => "an embedder has five alignment points",
        { AlignmentPoints: { } points } when !points.All(point => point is { Length: 2 } && point.All(float.IsFinite)) =>
            "an alignment point is not two finite numbers",
        _ when !card.Sha256.All(char.IsAsciiHexDigitLower) => "sha256 is not in lower-case hex digits",
        _ when !PlainName.IsMatch(card.Id) => "its id is not 1 to 64 letters, digits, dots, dashes or underscores",
        _ when !PlainName.IsMatch(card.File) => "its file name is not 1 to 64 letters, digits, dots, dashes or underscores",
        _ => null,
    };

    /// <summary>Ids and file names become paths: neither may name a folder, a hidden file or a pattern.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    static partial Regex PlainName { get; }
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
[JsonSerializable(typeof(ModelCard))]
sealed partial class ModelCatalogJson : JsonSerializerContext;

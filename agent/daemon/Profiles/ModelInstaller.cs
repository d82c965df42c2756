using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>Puts model files into the models folder, each checked against its card before it takes its place.</summary>
sealed class ModelInstaller(ModelCatalog catalog, string modelsFolder, PackageFetch fetch, TimeProvider time)
{
    readonly PinnedFolder _models = new(modelsFolder, fetch, time);

    /// <summary>The folder of the user's own cards.</summary>
    public static string CardsFolder(string modelsFolder) => Path.Combine(modelsFolder, "cards");

    /// <summary>Installs what is not right yet; files that are right are left alone.</summary>
    /// <param name="ids">Of the cards; none means the default pack.</param>
    /// <param name="from">
    /// An archive, a folder or one model file to install from without a network; null fetches.
    /// </param>
    /// <param name="progress">Told in words what is being done.</param>
    /// <param name="stop">Gives up; nothing was changed then.</param>
    /// <exception cref="ModelException">BadCard: there is no card of an id.</exception>
    /// <exception cref="PackageException">The files could not be had; nothing was changed.</exception>
    public Task<IReadOnlyList<InstalledFile>> InstallAsync(
        IReadOnlyList<string> ids, string? from, IProgress<string>? progress, CancellationToken stop)
    {
        // One file alone may be any card's: its digest says whose.
        var single = from is not null && File.Exists(from) && !from.EndsWith("gz", StringComparison.Ordinal);
        var wanted = ids.Count > 0 ? ids : catalog.Default;
        var cards = ids.Count == 0 && single ? catalog.Models : wanted.Select(id => catalog[id]);
        return _models.EnsureAsync([.. cards.Select(Pin).Distinct()], from, progress, stop);
    }

    /// <summary>
    /// Installs a model of the user's own: its file first, then its card, so that no card is without its file.
    /// </summary>
    /// <param name="cardFile">JSON of one card, as in <c>models.json</c>, or a template without size and digest.</param>
    /// <param name="from">Where the model's file is.</param>
    /// <param name="progress">Told in words what is being done.</param>
    /// <param name="stop">Gives up; nothing was changed then.</param>
    /// <returns>The card's id.</returns>
    /// <exception cref="ModelException">BadCard: not a card, or its id or file name is taken by another.</exception>
    /// <exception cref="PackageException">The file is not the card's; nothing was changed.</exception>
    public async Task<string> AddAsync(string cardFile, string from, IProgress<string>? progress, CancellationToken stop)
    {
        var card = ModelCatalog.ReadCard(cardFile);
        var text = await File.ReadAllTextAsync(cardFile, stop);
        if (card.IsTemplate) (card, text) = await FillInAsync(card, text, from, stop);
        var place = Path.Combine(CardsFolder(modelsFolder), card.Id + ".json");
        // The same card again is no clash: it mends its file.
        var again = catalog.Models.Any(known => known.Id == card.Id) && File.Exists(place)
            && await File.ReadAllTextAsync(place, stop) == text;
        if (!again) _ = catalog.With(card, cardFile);

        await _models.EnsureAsync([Pin(card)], from, progress, stop);
        _ = ModelFile.Open(card, modelsFolder);
        if (again) return card.Id;

        Directory.CreateDirectory(CardsFolder(modelsFolder));
        var partial = place + ".partial";
        await File.WriteAllTextAsync(partial, text, stop);
        File.Move(partial, place, overwrite: true);
        return card.Id;
    }

    /// <summary>Of a template, size and digest are those of the file that the user made: he vouches for it, nobody else can.</summary>
    static async Task<(ModelCard Card, string Text)> FillInAsync(ModelCard template, string text, string from, CancellationToken stop)
    {
        if (!File.Exists(from))
        {
            throw new PackageException(PackageFault.WrongDigest,
                $"There is no file {from}: the card '{template.Id}' is a template, completed from the model's own file.");
        }

        await using var file = File.OpenRead(from);
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop));
        var card = template with { Bytes = file.Length, Sha256 = digest };
        var json = JsonNode.Parse(text)?.AsObject() ?? [];
        (json["bytes"], json["sha256"]) = (card.Bytes, card.Sha256);
        return (card, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    static PinnedFile Pin(ModelCard card) => new(card.File, card.Bytes, card.Sha256, Package(card.Source), card.Source.Path);

    static PinnedPackage? Package(ModelSource source) =>
        source is { Package: { } name, Version: { } version, Sha256: { } sha256 } ? new(name, version, sha256) : null;
}

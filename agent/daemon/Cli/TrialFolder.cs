using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>
/// A folder in which a model that is not installed lies beside the installed ones, so that it can be measured in its place.
/// </summary>
sealed class TrialFolder : IDisposable
{
    /// <param name="catalog">The installation's cards; one of the candidate's id is left out.</param>
    /// <param name="models">Where their files lie.</param>
    /// <param name="candidate">The card of the model on trial.</param>
    /// <param name="bytes">Its file.</param>
    /// <exception cref="ModelException">BadCard: the card is none.</exception>
    public TrialFolder(ModelCatalog catalog, string models, ModelCard candidate, byte[] bytes)
    {
        ModelCard[] others = [.. catalog.Models.Where(card => card.Id != candidate.Id && card.File != candidate.File)];
        (Card, Catalog) = (candidate, (catalog with { Models = others }).With(candidate, candidate.File));
        Folder = Directory.CreateTempSubdirectory("edgeface-trial-").FullName;
        File.WriteAllBytes(ModelFile, bytes);
        foreach (var name in others.Select(card => card.File).Distinct(StringComparer.Ordinal))
        {
            var file = Path.GetFullPath(Path.Combine(models, name));
            if (File.Exists(file)) File.CreateSymbolicLink(Path.Combine(Folder, name), file);
        }
    }

    public ModelCard Card { get; }

    public ModelCatalog Catalog { get; }

    public string Folder { get; }

    public string ModelFile => Path.Combine(Folder, Card.File);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>Whether a model can be used. Zero is the answer when nobody has looked.</summary>
enum ModelState
{
    Missing,
    Damaged,
    Installed,
}

/// <summary>One model of the catalogue and what was found of it.</summary>
/// <param name="Id">Of its card.</param>
/// <param name="Kind">How it is fed and read.</param>
/// <param name="File">Name in the models folder.</param>
/// <param name="Bytes">Size that the card states.</param>
/// <param name="Licence">As the source states it.</param>
/// <param name="InDefaultPack">Whether it is installed and used when nothing else is said.</param>
/// <param name="State">What was found.</param>
/// <param name="Fault">What is wrong and what mends it; null when it is installed.</param>
sealed record ModelReport(
    string Id,
    ModelKind Kind,
    string File,
    long Bytes,
    string Licence,
    bool InDefaultPack,
    ModelState State,
    string? Fault);

/// <summary>Looks at every model file the way the programs that load it do.</summary>
sealed class ModelInventory(ModelCatalog catalog, string modelsFolder)
{
    /// <summary>All models of the catalogue.</summary>
    public IReadOnlyList<ModelReport> List() => [.. catalog.Models.Select(Look)];

    /// <summary>
    /// The named models, or else those that ought to be there: the default pack and whatever else lies in the folder. A
    /// model that the user may bring and has not brought is no fault.
    /// </summary>
    /// <exception cref="ModelException">BadCard: there is no card of an id.</exception>
    public IReadOnlyList<ModelReport> Verify(IReadOnlyList<string> ids) => ids.Count > 0
        ? [.. ids.Select(id => Look(catalog[id]))]
        : [.. catalog.Models.Select(Look).Where(model => model.InDefaultPack || model.State is not ModelState.Missing)];

    ModelReport Look(ModelCard card)
    {
        var (state, fault) = Open(card);
        return new(card.Id, card.Kind, card.File, card.Bytes, card.Licence, catalog.Default.Contains(card.Id), state, fault);
    }

    (ModelState State, string? Fault) Open(ModelCard card)
    {
        try
        {
            _ = ModelFile.Open(card, modelsFolder);
            return (ModelState.Installed, null);
        }
        catch (ModelException e)
        {
            return (e.Fault is ModelFault.Missing ? ModelState.Missing : ModelState.Damaged, e.Message);
        }
    }
}

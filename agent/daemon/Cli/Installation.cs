using EdgeFace.Inference;
using EdgeFace.Profiles;
using EdgeFace.Storage;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>What a command works with: the model cards, the data folder and the time.</summary>
/// <param name="Cards">The shipped <c>models.json</c>.</param>
/// <param name="ChooseData">Says where models and gallery lie; asked when a command first wants to know.</param>
/// <param name="Time">Stamps what is enrolled and decides what is valid.</param>
/// <param name="LockWait">How long to wait for another program that writes to the gallery.</param>
sealed record Installation(string Cards, Func<StateFolder> ChooseData, TimeProvider Time, TimeSpan? LockWait = null)
{
    readonly Lazy<StateFolder> _data = new(ChooseData);

    public Installation(string cards, StateFolder data, TimeProvider time, TimeSpan? lockWait = null)
        : this(cards, () => data, time, lockWait)
    {
    }

    /// <summary>Where models and gallery lie.</summary>
    /// <exception cref="StorageException">Nothing says where.</exception>
    public StateFolder Data => _data.Value;

    /// <summary>A card's file, or by its name a template that is shipped: a model whose file the user makes.</summary>
    public string CardFile(string given)
    {
        var shipped = Path.Combine(Path.GetDirectoryName(Cards) ?? ".", "cards", $"{given}.json");
        return !File.Exists(given) && Path.GetFileName(given) == given && File.Exists(shipped) ? shipped : given;
    }

    public ModelCatalog Catalog() => ModelCatalog.Load(Cards, ModelInstaller.CardsFolder(Data.Models));

    /// <summary>For an act that makes no sense where nobody was ever enrolled.</summary>
    /// <exception cref="StorageException">There is no gallery, or it cannot be used.</exception>
    public SubjectStore OpenGallery() => File.Exists(Data.Gallery)
        ? SubjectStore.Open(Data, Time, LockWait)
        : throw new StorageException(StorageFault.Missing,
            $"There is no gallery {Data.Gallery}. Make one: edgeface enroll NAME PICTURE");

    /// <exception cref="StorageException">It cannot be used, or not be made.</exception>
    public SubjectStore OpenOrMakeGallery() => SubjectStore.Open(Data, Time, LockWait);
}

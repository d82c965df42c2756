using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>The cards that a run takes its models from.</summary>
/// <param name="Catalog">All cards.</param>
/// <param name="Folder">Where the files lie.</param>
/// <param name="Detector">Finds faces.</param>
/// <param name="Landmarks">Finds their points.</param>
/// <param name="Embedder">Makes their vectors.</param>
sealed record ModelsUsed(
    ModelCatalog Catalog, string Folder, ModelCard Detector, ModelCard Landmarks, ModelCard Embedder)
{
    /// <param name="home">Where cards and files lie.</param>
    /// <param name="detector">Card id; null is the default pack's.</param>
    /// <param name="embedder">Card id; null is the default pack's.</param>
    /// <exception cref="ModelException">There is no such card.</exception>
    public static ModelsUsed Choose(Installation home, string? detector, string? embedder)
    {
        var catalog = home.Catalog();
        return new ModelsUsed(
            catalog,
            home.Data.Models,
            detector is null ? DefaultDetector(catalog) : catalog[detector],
            catalog.DefaultOf(ModelKind.Landmarks68),
            embedder is null ? catalog.DefaultOf(ModelKind.Embedding) : catalog[embedder]);
    }

    public static ModelCard DefaultDetector(ModelCatalog catalog) =>
        catalog.DefaultOf(FaceDetector.Kinds);

    /// <summary>One set for one worker: each model runs on one thread.</summary>
    public FaceRecognizer Load() => FaceRecognizer.Load(Catalog, Folder, new RecognitionOptions(
        Detector.Id, Landmarks.Id, Embedder.Id, Inference: new InferenceOptions(Threads: 1)));
}

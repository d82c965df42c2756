using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>A face with all that is known of it before its embedding.</summary>
/// <param name="Face">Box and points, in pixels of the frame.</param>
/// <param name="Chip">Where the embedder will look.</param>
/// <param name="Quality">How good a picture it is.</param>
public sealed record LocatedFace(DetectedFace Face, FaceChip Chip, FaceQuality Quality)
    : AlignedFace(Face.Box, Face.Five, Chip);

/// <summary>
/// From a picture to embeddings: detection, 68 landmarks, alignment, quality, embedding. Its stages can be had one by one
/// where a frame must cost no memory. One thread at a time.
/// </summary>
public sealed class FaceRecognizer : IFaceLine
{
    readonly FaceCandidate[] _candidates;
    readonly ModelSessions? _own;

    FaceRecognizer(
        FaceDetector detector, LandmarkDetector landmarks, Embedder embedder, DetectionOptions detection, ModelSessions? own)
    {
        (Detector, Landmarks, Embedder, _own) = (detector, landmarks, embedder, own);
        Aligner = new FaceAligner(embedder.Model.Card);
        Quality = new QualityMeter(embedder.Model.Card);
        _candidates = new FaceCandidate[detection.FacesMax];
    }

    public FaceDetector Detector { get; }

    public LandmarkDetector Landmarks { get; }

    public FaceAligner Aligner { get; }

    public QualityMeter Quality { get; }

    public Embedder Embedder { get; }

    /// <param name="catalog">The cards.</param>
    /// <param name="folder">Where the model files lie.</param>
    /// <param name="options">Which of them to use.</param>
    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public static FaceRecognizer Load(ModelCatalog catalog, string folder, RecognitionOptions? options = null)
    {
        var sessions = new ModelSessions(folder, options?.Inference);
        try
        {
            return Load(catalog, sessions, options, own: sessions);
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }

    /// <summary>The same on sessions that others share; how they are run is theirs.</summary>
    /// <inheritdoc cref="Load(ModelCatalog, string, RecognitionOptions?)"/>
    public static FaceRecognizer Load(ModelCatalog catalog, ModelSessions sessions, RecognitionOptions? options = null) =>
        Load(catalog, sessions, options, own: null);

    static FaceRecognizer Load(ModelCatalog catalog, ModelSessions sessions, RecognitionOptions? options, ModelSessions? own)
    {
        options ??= new RecognitionOptions();
        OptionsCheck.Ensure(options);
        var detection = options.Detection ?? new DetectionOptions();
        var detectorCard = options.Detector is { } detectorId
            ? catalog[detectorId] : catalog.DefaultOf(FaceDetector.Kinds);
        var landmarkCard = options.Landmarks is { } landmarksId ? catalog[landmarksId] : catalog.DefaultOf(ModelKind.Landmarks68);
        var embedderCard = options.Embedder is { } embedderId ? catalog[embedderId] : catalog.DefaultOf(ModelKind.Embedding);

        FaceDetector? detector = null;
        LandmarkDetector? landmarks = null;
        Embedder? embedder = null;
        try
        {
            detector = FaceDetector.Load(detectorCard, sessions, detection);
            landmarks = LandmarkDetector.Load(landmarkCard, sessions);
            embedder = Embedder.Load(embedderCard, sessions, options.Batch);
            return new FaceRecognizer(detector, landmarks, embedder, detection, own);
        }
        catch
        {
            embedder?.Dispose();
            landmarks?.Dispose();
            detector?.Dispose();
            throw;
        }
    }

    /// <summary>All faces of a picture, best detection score first; none is an empty list.</summary>
    public IReadOnlyList<LocatedFace> Locate(Frame frame)
    {
        var count = Detector.Detect(frame, _candidates);
        var faces = new LocatedFace[count];
        for (var i = 0; i < count; i++)
        {
            var face = Landmarks.Locate(frame, _candidates[i]);
            var chip = Aligner.Align(face.Five);
            faces[i] = new LocatedFace(face, chip, Quality.Measure(frame, face, chip));
        }

        return faces;
    }

    /// <summary>The face's unit vector.</summary>
    /// <exception cref="ModelException">Unusable: the model gave numbers that are no direction (NaN or all zero).</exception>
    public Embedding Embed(Frame frame, AlignedFace face) => Embedder.Embed(frame, face);

    public IReadOnlyList<Embedding> Embed(Frame frame, IReadOnlyList<AlignedFace> faces) => Embedder.Embed(frame, faces);

    IReadOnlyList<AlignedFace> IFaceLine.Find(Frame frame) => Locate(frame);

    public void Dispose()
    {
        Detector.Dispose();
        Landmarks.Dispose();
        Embedder.Dispose();
        _own?.Dispose();
    }
}

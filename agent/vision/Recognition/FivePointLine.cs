using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>
/// Detection, five points, alignment, embedding: the line of Open Model Zoo's models, one and the same on CPU, Myriad, HDDL
/// and FPGA. It measures no quality and no pose, so it compares faces and opens no door. One thread at a time.
/// </summary>
public sealed class FivePointLine : IFaceLine
{
    readonly FaceCandidate[] _candidates;
    readonly FaceAligner _aligner;
    readonly ModelSessions? _own;

    FivePointLine(
        FaceDetector detector, FivePointDetector landmarks, Embedder embedder, DetectionOptions detection, ModelSessions? own)
    {
        (Detector, Landmarks, Embedder, _own) = (detector, landmarks, embedder, own);
        _aligner = new FaceAligner(embedder.Model.Card);
        _candidates = new FaceCandidate[detection.FacesMax];
    }

    public FaceDetector Detector { get; }

    public FivePointDetector Landmarks { get; }

    public Embedder Embedder { get; }

    /// <param name="catalog">The cards.</param>
    /// <param name="folder">Where the model files lie.</param>
    /// <param name="options">Its landmarks name a card of the kind landmarks5; all else may be left to the default pack.</param>
    /// <exception cref="ModelException">A model is missing, damaged or foreign.</exception>
    public static FivePointLine Load(ModelCatalog catalog, string folder, RecognitionOptions options)
    {
        var sessions = new ModelSessions(folder, options.Inference);
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
    /// <inheritdoc cref="Load(ModelCatalog, string, RecognitionOptions)"/>
    public static FivePointLine Load(ModelCatalog catalog, ModelSessions sessions, RecognitionOptions options) =>
        Load(catalog, sessions, options, own: null);

    static FivePointLine Load(ModelCatalog catalog, ModelSessions sessions, RecognitionOptions options, ModelSessions? own)
    {
        OptionsCheck.Ensure(options);
        var detection = options.Detection ?? new DetectionOptions();
        var landmarkCard = options.Landmarks is { } id ? catalog[id] : catalog.DefaultOf(ModelKind.Landmarks5);
        FaceDetector? detector = null;
        FivePointDetector? landmarks = null;
        Embedder? embedder = null;
        try
        {
            detector = FaceDetector.Load(
                options.Detector is { } detectorId ? catalog[detectorId] : catalog.DefaultOf(FaceDetector.Kinds),
                sessions, detection);
            landmarks = FivePointDetector.Load(landmarkCard, sessions);
            embedder = Embedder.Load(
                options.Embedder is { } embedderId ? catalog[embedderId] : catalog.DefaultOf(ModelKind.Embedding),
                sessions, options.Batch);
            return new FivePointLine(detector, landmarks, embedder, detection, own);
        }
        catch
        {
            embedder?.Dispose();
            landmarks?.Dispose();
            detector?.Dispose();
            throw;
        }
    }

    /// <summary>A face whose points are no numbers is left out.</summary>
    public IReadOnlyList<AlignedFace> Find(Frame frame)
    {
        var count = Detector.Detect(frame, _candidates);
        var faces = new List<AlignedFace>(count);
        for (var i = 0; i < count; i++)
        {
            if (Landmarks.Locate(frame, _candidates[i].Box) is { } five)
                faces.Add(new AlignedFace(_candidates[i].Box, five, _aligner.Align(five)));
        }

        return faces;
    }

    public Embedding Embed(Frame frame, AlignedFace face) => Embedder.Embed(frame, face);

    public IReadOnlyList<Embedding> Embed(Frame frame, IReadOnlyList<AlignedFace> faces) => Embedder.Embed(frame, faces);

    public void Dispose()
    {
        Detector.Dispose();
        Landmarks.Dispose();
        Embedder.Dispose();
        _own?.Dispose();
    }
}

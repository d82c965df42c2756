using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>What one model made of one picture.</summary>
/// <param name="Boxes">Of a detector: the faces, best score first.</param>
/// <param name="Points">Of a landmark model.</param>
/// <param name="Live">Of a liveness model: its score alone.</param>
readonly record struct StageResult(FaceBox[] Boxes, Landmarks68? Points = null, float? Live = null);

/// <summary>
/// One model of any kind in its place in the line, which feeds it as the door does. One thread at a time.
/// </summary>
sealed class ModelStage : IDisposable
{
    readonly FaceRecognizer _recognizer;
    readonly LivenessDetector? _liveness;
    readonly ModelCard _card;
    readonly float[] _embedding;
    readonly FaceCandidate[] _candidates = new FaceCandidate[new DetectionOptions().FacesMax];

    ModelStage(FaceRecognizer recognizer, LivenessDetector? liveness, ModelCard card)
    {
        (_recognizer, _liveness, _card) = (recognizer, liveness, card);
        _embedding = new float[recognizer.Embedder.Width];
        Model = card.Kind switch
        {
            ModelKind.Embedding => recognizer.Embedder.Model,
            ModelKind.Landmarks68 => recognizer.Landmarks.Model,
            ModelKind.Liveness when liveness is not null => liveness.Model,
            _ => recognizer.Detector.Model,
        };
    }

    public OnnxModel Model { get; }

    public static bool IsDetector(ModelKind kind) => kind is ModelKind.Ultraface or ModelKind.Scrfd or ModelKind.Yunet;

    /// <param name="catalog">The cards.</param>
    /// <param name="folder">Where the files lie.</param>
    /// <param name="card">Of the model; the others are the default pack's.</param>
    /// <param name="inference">How they are run.</param>
    /// <exception cref="ModelException">A model is missing, damaged or foreign, or nothing runs its kind.</exception>
    public static ModelStage Load(ModelCatalog catalog, string folder, ModelCard card, InferenceOptions inference)
    {
        if (!IsDetector(card.Kind) && card.Kind is not (ModelKind.Embedding or ModelKind.Landmarks68 or ModelKind.Liveness))
        {
            throw new ModelException(ModelFault.BadCard,
                $"Card '{card.Id}' is of the kind {card.Kind}, which nothing runs: there is no measure of what it would lose. "
                + "Detectors, landmark models, embedders and liveness models can be quantised.");
        }

        var recognizer = FaceRecognizer.Load(catalog, folder, new RecognitionOptions(
            IsDetector(card.Kind) ? card.Id : null,
            card.Kind is ModelKind.Landmarks68 ? card.Id : null,
            card.Kind is ModelKind.Embedding ? card.Id : null,
            Inference: inference));
        try
        {
            return new ModelStage(
                recognizer, card.Kind is ModelKind.Liveness ? LivenessDetector.Load(card, folder, inference) : null, card);
        }
        catch
        {
            recognizer.Dispose();
            throw;
        }
    }

    /// <summary>Takes a picture through the line up to the model, whose input then holds what it was fed.</summary>
    /// <returns>Null when the picture has no face that the model could be shown.</returns>
    public StageResult? Look(Frame frame)
    {
        var count = _recognizer.Detector.Detect(frame, _candidates);
        var boxes = Array.ConvertAll(_candidates[..count], candidate => candidate.Box);
        if (IsDetector(_card.Kind)) return new StageResult(boxes);

        var index = ProminentFace.IndexOf(boxes, frame.Width, frame.Height);
        if (index < 0) return null;
        if (_liveness is not null) return new StageResult(boxes, Live: _liveness.Score(frame, boxes[index]));

        var face = _recognizer.Landmarks.Locate(frame, _candidates[index]);
        if (_card.Kind is ModelKind.Embedding)
            _ = _recognizer.Embedder.Embed(frame, _recognizer.Aligner.Align(face.Five), _embedding);
        return new StageResult(boxes, face.Points);
    }

    public void Dispose()
    {
        _recognizer.Dispose();
        _liveness?.Dispose();
    }
}

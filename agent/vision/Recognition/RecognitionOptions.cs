using System.ComponentModel.DataAnnotations;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Recognition;

/// <summary>Which models make up the line and how they are run. Null takes the default pack's.</summary>
/// <param name="Detector">Card id of a face detector.</param>
/// <param name="Landmarks">Card id of a 68-point model; of a five-point one for <see cref="FivePointLine"/>.</param>
/// <param name="Embedder">Card id of an embedder.</param>
/// <param name="Detection">What counts as a face.</param>
/// <param name="Inference">How models are run.</param>
/// <param name="Batch">Faces of a picture that are embedded in one inference, as far as there are so many.</param>
public sealed record RecognitionOptions(
    string? Detector = null,
    string? Landmarks = null,
    string? Embedder = null,
    DetectionOptions? Detection = null,
    InferenceOptions? Inference = null,
    [property: Range(1, ModelSession.BatchMost)] int Batch = 1);

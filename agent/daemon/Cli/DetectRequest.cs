using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>A face as far as the models in use know it.</summary>
/// <param name="Box">In pixels of the frame.</param>
/// <param name="Five">Likewise; null where nothing gave them.</param>
/// <param name="Points">Likewise; null without a model of 68 points.</param>
/// <param name="Quality">Null without the 68 points.</param>
readonly record struct SeenFace(FaceBox Box, Landmarks? Five = null, Landmarks68? Points = null, FaceQuality? Quality = null);

/// <summary>One inference request: tensors of its own on models that all requests share; one frame at a time.</summary>
sealed class DetectRequest : IDisposable
{
    readonly FaceDetector? _detector;
    readonly IFaceLine? _line;
    readonly FaceCandidate[] _found = [];

    /// <summary>The detector alone, as OpenVINO's demos run it.</summary>
    public DetectRequest(FaceDetector detector, DetectionOptions options) =>
        (_detector, _found) = (detector, new FaceCandidate[options.FacesMax]);

    /// <summary>The whole line up to the points.</summary>
    public DetectRequest(IFaceLine line) => _line = line;

    public IReadOnlyList<SeenFace> Look(Frame frame)
    {
        if (_line is FaceRecognizer full)
            return [.. full.Locate(frame).Select(face => new SeenFace(face.Box, face.Five, face.Face.Points, face.Quality))];
        if (_line is not null) return [.. _line.Find(frame).Select(face => new SeenFace(face.Box, face.Five))];

        var count = _detector?.Detect(frame, _found) ?? 0;
        return [.. _found.Take(count).Select(face => new SeenFace(face.Box, face.Five))];
    }

    public void Dispose()
    {
        _detector?.Dispose();
        _line?.Dispose();
    }
}

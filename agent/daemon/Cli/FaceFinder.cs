using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>What one detector made of one marked picture.</summary>
/// <param name="Boxes">All of them, best score first.</param>
/// <param name="LandmarkErrors">For each marked face with 68 points; null where no box was on it.</param>
/// <param name="Milliseconds">From pixels to boxes.</param>
readonly record struct FoundFaces(
    IReadOnlyList<FaceBox> Boxes, IReadOnlyList<double?> LandmarkErrors, double Milliseconds);

/// <summary>
/// Looks for the faces of marked pictures, and for their points where points are marked. One thread at a time.
/// </summary>
sealed class FaceFinder : IDisposable
{
    readonly FaceDetector _detector;
    readonly LandmarkDetector _landmarks;
    readonly TimeProvider _time;
    readonly FaceCandidate[] _candidates;

    FaceFinder(FaceDetector detector, LandmarkDetector landmarks, int facesMax, TimeProvider time) =>
        (_detector, _landmarks, _candidates, _time) = (detector, landmarks, new FaceCandidate[facesMax], time);

    public static FaceFinder Load(Installation home, ModelCard detector, double lowestScore, int zoom)
    {
        var folder = home.Data.Models;
        var (options, inference) = (new DetectionOptions(lowestScore, FacesMax: 256, Zoom: zoom), new InferenceOptions(Threads: 1));
        var finder = FaceDetector.Load(detector, folder, options, inference);
        try
        {
            var landmarks = LandmarkDetector.Load(
                home.Catalog().DefaultOf(ModelKind.Landmarks68), folder, inference);
            return new FaceFinder(finder, landmarks, options.FacesMax, home.Time);
        }
        catch
        {
            finder.Dispose();
            throw;
        }
    }

    /// <param name="picture">With its marked faces.</param>
    /// <param name="iou">From which a box is on a face.</param>
    /// <param name="score">Least score of a box that points are looked for in.</param>
    /// <exception cref="PictureException">The file is not a picture.</exception>
    public FoundFaces Find(AnnotatedPicture picture, double iou, double score)
    {
        using var frame = PictureReader.Read(picture.File);
        var start = _time.GetTimestamp();
        var found = _candidates[.._detector.Detect(frame, _candidates)];
        var milliseconds = _time.GetElapsedTime(start).TotalMilliseconds;
        var good = Array.FindAll(found, candidate => candidate.Box.Score >= score);
        return new FoundFaces(
            Array.ConvertAll(found, candidate => candidate.Box),
            [.. picture.Faces.Where(face => !face.Ignore)
                .Select(face => (face.Box, Marked: LandmarkErrors.Marked(face)))
                .Where(face => face.Marked is not null)
                .Select(face => Error(frame, face.Box, face.Marked.GetValueOrDefault(), good, iou))],
            milliseconds);
    }

    double? Error(Frame frame, FaceBox box, in Landmarks68 marked, FaceCandidate[] found, double iou)
    {
        if (found.Length == 0) return null;

        var best = found.MaxBy(candidate => candidate.Box.IntersectionOverUnion(box));
        if (best.Box.IntersectionOverUnion(box) < iou) return null;

        return LandmarkErrors.Normalised(_landmarks.Locate(frame, best).Points, marked);
    }

    public void Dispose()
    {
        _detector.Dispose();
        _landmarks.Dispose();
    }
}

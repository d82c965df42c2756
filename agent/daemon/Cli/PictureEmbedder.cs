using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>Takes one picture file through all stages, with a clock beside each. One thread at a time.</summary>
sealed class PictureEmbedder(FaceRecognizer recognizer, TimeProvider time) : IDisposable
{
    readonly FaceCandidate[] _candidates = new FaceCandidate[new DetectionOptions().FacesMax];

    /// <param name="file">A picture.</param>
    /// <param name="row">
    /// Receives the unit vector of its most prominent face; left as it is where there is none.
    /// </param>
    /// <returns>The times; that of the embedding is null when there is no face.</returns>
    /// <exception cref="PictureException">The file is not a picture.</exception>
    /// <exception cref="ModelException">The embedder gave no direction.</exception>
    public StageTimes Embed(string file, Span<float> row)
    {
        var at = time.GetTimestamp();
        using var frame = PictureReader.Read(file);
        var decode = Lap(ref at);
        var face = FindFace(frame);
        var detect = Lap(ref at);
        if (face is not { } found) return new StageTimes(decode, detect);

        var located = recognizer.Landmarks.Locate(frame, found);
        var landmarks = Lap(ref at);
        var chip = recognizer.Aligner.Align(located.Five);
        var align = Lap(ref at);
        _ = recognizer.Quality.Measure(frame, located, chip);
        var quality = Lap(ref at);
        if (!recognizer.Embedder.Embed(frame, chip, row)) throw recognizer.Embedder.NoDirection();
        return new StageTimes(decode, detect, landmarks, align, quality, Lap(ref at));
    }

    FaceCandidate? FindFace(Frame frame)
    {
        var count = recognizer.Detector.Detect(frame, _candidates);
        var boxes = Array.ConvertAll(_candidates[..count], candidate => candidate.Box);
        var index = ProminentFace.IndexOf(boxes, frame.Width, frame.Height);
        return index < 0 ? null : _candidates[index];
    }

    double Lap(ref long since)
    {
        var (before, now) = (since, time.GetTimestamp());
        since = now;
        return time.GetElapsedTime(before, now).TotalMilliseconds;
    }

    public void Dispose() => recognizer.Dispose();
}

using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Pipeline;

/// <summary>What a door's camera does with each frame. It keeps no memory of the last one and allocates nothing for the next.</summary>
sealed class DoorPipeline(
    FaceRecognizer recognizer, LivenessDetector liveness, GallerySlot gallery, AccessPolicy policy, TimeProvider time)
{
    readonly FaceCandidate[] _faces = new FaceCandidate[16];
    readonly float[] _probe = new float[recognizer.Embedder.Width];
    DetectedFace _face;

    /// <summary>The 68 points of the last applicant, for drawing.</summary>
    public ref readonly DetectedFace LastFace => ref _face;

    /// <summary>One frame, one sentence. Null when nobody stands at the door: that is no decision, and is not logged.</summary>
    public FrameVerdict? Judge(Frame frame)
    {
        if (FindApplicant(frame) is not { } applicant) return null;

        _face = recognizer.Landmarks.Locate(frame, applicant);
        var chip = recognizer.Aligner.Align(_face.Five);
        var quality = recognizer.Quality.Measure(frame, _face, chip);
        var live = liveness.Score(frame, applicant.Box);
        if (policy.Refuse(quality, live) is { } refused) return new FrameVerdict(applicant.Box, quality, live, null, refused);

        // Numbers that are no direction are nobody's, and no reason for the door to stop working.
        var match = recognizer.Embedder.Embed(frame, chip, _probe) ? gallery.Current.Search(_probe) : null;
        return new FrameVerdict(applicant.Box, quality, live, match, policy.Decide(match, time.GetLocalNow()));
    }

    /// <summary>Of several faces, the largest is nearest the door.</summary>
    FaceCandidate? FindApplicant(Frame frame)
    {
        var count = recognizer.Detector.Detect(frame, _faces);
        FaceCandidate? nearest = null;
        foreach (ref readonly var face in _faces.AsSpan(0, count))
            if (nearest is not { } best || face.Box.Area > best.Box.Area) nearest = face;

        return nearest;
    }
}

using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Pipeline;

/// <summary>
/// What a door's camera does with each frame. It allocates nothing for the next one, and of the last one it knows only who
/// stood nearest. One thread at a time.
/// </summary>
sealed class DoorPipeline(
    FaceRecognizer recognizer, PassiveLiveness liveness, GallerySlot gallery, AccessPolicy policy, TimeProvider time,
    ApplicantOptions? applicants = null, IReadOnlyList<StreamWitness>? witnesses = null)
{
    /// <summary>How much larger another face must be to be the applicant instead: two side by side do not take turns.</summary>
    const float NearerBy = 1.2f;

    /// <summary>Whoever was out of sight for so long has to move anew.</summary>
    static readonly TimeSpan MotionGap = TimeSpan.FromSeconds(1);

    readonly ApplicantOptions _applicants = OptionsCheck.Ensure(applicants ?? new ApplicantOptions());
    readonly StreamWitness[] _witnesses = [.. witnesses ?? []];
    readonly FaceCandidate[] _faces = new FaceCandidate[16];
    readonly FacialMotion _motion = new(
        recognizer.Embedder.Width, Math.Max(
            SamePerson.SimilarityMin(recognizer.Embedder.Model.Card, policy.Threshold.Similarity), policy.Threshold.Similarity));
    readonly float[] _probe = new float[recognizer.Embedder.Width];
    AccessPolicy _policy = policy;
    DetectedFace _face;
    FrameTiming _timing;
    FaceBox? _lastApplicant;
    bool _embedded;
    long _motionAt;
    int _count;

    /// <summary>The 68 points of the last applicant, for drawing.</summary>
    public ref readonly DetectedFace LastFace => ref _face;

    /// <summary>What the last frame with an applicant cost, stage by stage.</summary>
    public ref readonly FrameTiming Timing => ref _timing;

    /// <summary>Everybody in the last frame.</summary>
    public ReadOnlySpan<FaceCandidate> Faces => _faces.AsSpan(0, _count);

    /// <summary>How many of them are near enough to be meant.</summary>
    public int FacesNear { get; private set; }

    public AccessPolicy Policy => _policy;

    public FaceRecognizer Recognizer => recognizer;

    /// <summary>From the next frame on other people are known, or others of their rights; on the thread that judges.</summary>
    public void Adopt(Gallery known, AccessPolicy judge)
    {
        gallery.Swap(known);
        _policy = judge;
    }

    /// <summary>Of the last applicant; null when he was refused before, or the embedder gave no numbers.</summary>
    public Embedding? LastEmbedding() => _embedded ? new Embedding(recognizer.Embedder.Model.Card.ModelId, _probe) : null;

    /// <summary>The same without a copy, valid until the next frame; empty where there is none.</summary>
    public ReadOnlySpan<float> LastProbe => _embedded ? _probe : default;

    /// <summary>
    /// Who the last applicant is, and whether he may pass, where the policy refused to look him up: for a challenge, which is what
    /// liveness then rests on. It makes up for no bad picture.
    /// </summary>
    public AccessDecision Identify(Frame frame)
    {
        if (!_embedded) _embedded = recognizer.Embedder.Embed(frame, recognizer.Aligner.Align(_face.Five), _probe);
        return _policy.Decide(_embedded ? gallery.Current.Search(_probe) : null, time.GetLocalNow());
    }

    /// <summary>One frame, one sentence. Null when nobody stands at the door: that is no decision, and is not logged.</summary>
    public FrameVerdict? Judge(Frame frame)
    {
        var began = time.GetTimestamp();
        _embedded = false;
        if (FindApplicant(frame) is not { } applicant) return null;

        var found = time.GetTimestamp();
        _face = recognizer.Landmarks.Locate(frame, applicant);
        var chip = recognizer.Aligner.Align(_face.Five);
        var quality = recognizer.Quality.Measure(frame, _face, chip);
        var aligned = time.GetTimestamp();
        var seen = liveness.Judge(frame, applicant.Box, Faces);
        var live = seen;
        foreach (var witness in _witnesses) live = witness.Confirm(live, frame, applicant.Box);
        var checkedAt = time.GetTimestamp();
        _timing = new(
            time.GetElapsedTime(began, found), time.GetElapsedTime(found, aligned), time.GetElapsedTime(aligned, checkedAt), default);
        if ((_policy.Refuse(quality, seen) ?? RefusedBySecond(live)) is { } refused)
        {
            if (refused.Reason is DenyReason.Spoof) _motion.Restart();
            return new FrameVerdict(applicant.Box, quality, live, null, refused) { Limits = _policy.Options.Pad };
        }

        // Numbers that are no direction are nobody's, and no reason for the door to stop working.
        _embedded = recognizer.Embedder.Embed(frame, chip, _probe);
        var embedded = time.GetTimestamp();
        if (_embedded) live = live with { Motion = MotionIn(frame, chip) };
        var watched = time.GetTimestamp();
        var doubt = _policy.Doubt(live);
        var match = _embedded && doubt is null ? gallery.Current.Search(_probe) : null;
        _timing = _timing with
        {
            Liveness = _timing.Liveness + time.GetElapsedTime(embedded, watched),
            Recognition = time.GetElapsedTime(checkedAt, embedded) + time.GetElapsedTime(watched),
        };
        return new FrameVerdict(applicant.Box, quality, live, match, doubt ?? _policy.Decide(match, time.GetLocalNow()))
        {
            Limits = _policy.Options.Pad,
        };
    }

    /// <summary>The frame's share in what the face has shown since it came.</summary>
    float MotionIn(Frame frame, in FaceChip chip)
    {
        if (!(_policy.Options.MotionMin > 0)) return 0;

        var now = time.GetTimestamp();
        var since = time.GetElapsedTime(_motionAt, now);
        if (since > MotionGap)
        {
            _motion.Restart();
            since = TimeSpan.Zero;
        }

        _motionAt = now;
        return _motion.See(frame, chip, _probe, since, _policy.Options.MotionMin);
    }

    /// <summary>A second stream that denies is obeyed whatever the limit; one that is silent is a camera's fault and nobody's attack.</summary>
    AccessDecision? RefusedBySecond(in PadReading live) => live.Second is { Reading: { Denies: true } said }
        ? AccessDecision.Deny(said.IsSilent ? DenyReason.CameraUntrusted : DenyReason.Spoof, live.Live, _policy.Options.LivenessMin)
        : null;

    /// <summary>
    /// Of several faces at the right distance the largest is nearest the door. Whoever was the applicant stays it until
    /// another one is clearly nearer.
    /// </summary>
    FaceCandidate? FindApplicant(Frame frame)
    {
        (_count, FacesNear) = (recognizer.Detector.Detect(frame, _faces), 0);
        FaceCandidate? nearest = null;
        var most = 0f;
        foreach (ref readonly var face in Faces)
        {
            if (!_applicants.IsNear(face.Box.Width)) continue;

            FacesNear++;
            var weight = face.Box.Area * (IsLastApplicant(face.Box) ? NearerBy : 1);
            if (weight > most) (nearest, most) = (face, weight);
        }

        _lastApplicant = nearest?.Box;
        return nearest;
    }

    bool IsLastApplicant(in FaceBox box) =>
        _lastApplicant is { } last && box.IntersectionOverUnion(last) >= FaceTracks.SameFaceOverlap;
}

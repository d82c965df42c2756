using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Liveness;
using EdgeFace.Matching;

namespace EdgeFace.Pipeline;

/// <summary>All that one frame says of the applicant: the evidence and what the policy makes of it.</summary>
readonly record struct FrameVerdict(
    FaceBox Box, FaceQuality Quality, PadReading Pad, Match? Match, AccessDecision Decision)
{
    /// <summary>What the cues were held against.</summary>
    public PadLimits Limits { get; init; }

    /// <summary>0..1, of all cues together.</summary>
    public float Liveness => Pad.Live;
}

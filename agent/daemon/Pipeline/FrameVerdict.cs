using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Matching;

namespace EdgeFace.Pipeline;

/// <summary>All that one frame says of the applicant: the evidence and what the policy makes of it.</summary>
readonly record struct FrameVerdict(
    FaceBox Box, FaceQuality Quality, float Liveness, Match? Match, AccessDecision Decision);

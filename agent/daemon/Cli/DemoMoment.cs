using EdgeFace.Access;
using EdgeFace.Pipeline;

namespace EdgeFace.Cli;

/// <summary>What the spectator sees of one frame.</summary>
/// <param name="Scene">Index into the script.</param>
/// <param name="At">On the camera's clock.</param>
/// <param name="Verdict">Null when nobody stands there.</param>
/// <param name="Decision">In the frame in which it falls; else null.</param>
/// <param name="DoorOpen">After this frame.</param>
readonly record struct DemoMoment(int Scene, TimeSpan At, FrameVerdict? Verdict, AccessDecision? Decision, bool DoorOpen);

/// <summary>How a scene ended.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Caption">What was played.</param>
/// <param name="Opened">Whether the door opened.</param>
/// <param name="Reason">"match", or why it stayed shut.</param>
/// <param name="Expected">The same, as the script has it.</param>
/// <param name="AsExpected">Whether they agree.</param>
/// <param name="Similarity">Of the frame that decided.</param>
/// <param name="Threshold">What it was held against.</param>
/// <param name="Liveness">Of that frame, 0..1.</param>
/// <param name="InterEyePixels">Of that frame.</param>
/// <param name="SecondsToDecision">On the camera's clock, from the first frame with a face.</param>
/// <param name="Relocked">Whether the door was shut again when the scene ended.</param>
/// <param name="Picture">The annotated frame.</param>
sealed record DemoOutcome(
    int Number, string Caption, bool Opened, string Reason, string Expected, bool AsExpected, float? Similarity, float Threshold,
    float? Liveness, float? InterEyePixels, double? SecondsToDecision, bool Relocked, string? Picture);

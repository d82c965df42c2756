using System.ComponentModel.DataAnnotations;
using EdgeFace.Access;
using EdgeFace.Liveness;

namespace EdgeFace.Pipeline;

/// <summary>When a door asks somebody to show that he is there and alive. Zero asks nobody, and opens no door that another one would not.</summary>
public enum StepUpWhen
{
    Never,
    Unsure,
    Always,
}

/// <summary>An active challenge at a door, before it opens.</summary>
/// <param name="When">
/// unsure: whoever is neither clearly live nor clearly an attack has a challenge instead of the denial; always: nobody gets in without.
/// </param>
/// <param name="Steps">See <see cref="ChallengeOptions"/>.</param>
/// <param name="StepSeconds">For each.</param>
/// <param name="TotalSeconds">For all of it.</param>
/// <param name="GapSeconds">Without a face for so long, it is failed.</param>
sealed record StepUpOptions(
    StepUpWhen When = StepUpWhen.Never,
    [property: Range(1, 5)] int Steps = 2,
    [property: Range(1, 30)] double StepSeconds = 5,
    [property: Range(3, 120)] double TotalSeconds = 30,
    [property: Range(0.1, 2)] double GapSeconds = 0.5)
{
    public ChallengeOptions Challenge => new(Steps, StepSeconds, TotalSeconds, GapSeconds);

    public bool IsDueFor(AccessDecision face) => When is not StepUpWhen.Never && !face.OpensDoor && face.Reason is DenyReason.Unsure
        || When is StepUpWhen.Always && face.OpensDoor;

    /// <summary>What two options say against each other; null when they agree.</summary>
    public string? Contradiction() => TotalSeconds >= StepSeconds ? null
        : $"TotalSeconds is {TotalSeconds} and StepSeconds {StepSeconds}; one step may take no longer than all of them: raise the first "
            + "or lower the second.";
}

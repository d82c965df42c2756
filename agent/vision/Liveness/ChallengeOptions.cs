using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Liveness;

/// <summary>What is asked of somebody to show that he is there and alive.</summary>
/// <param name="Steps">
/// Movements in a row. Of a recording that shows all movements one after the other, each step lets through about one in five.
/// </param>
/// <param name="StepSeconds">From the words until the movement has begun.</param>
/// <param name="TotalSeconds">For all of it, with looking straight before, between and after.</param>
/// <param name="GapSeconds">Without a face for so long, whoever comes next is somebody else.</param>
public sealed record ChallengeOptions(
    [property: Range(1, 5)] int Steps = 2,
    [property: Range(1, 30)] double StepSeconds = 5,
    [property: Range(3, 120)] double TotalSeconds = 30,
    [property: Range(0.1, 2)] double GapSeconds = 0.5);

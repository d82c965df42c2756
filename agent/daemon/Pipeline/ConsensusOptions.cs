using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Pipeline;

/// <summary>How many frames make a decision.</summary>
/// <param name="Needed">Frames that must agree on the same person.</param>
/// <param name="Window">Good frames among which they must be found; when it is full without them, the door stays shut.</param>
/// <param name="PatienceSeconds">
/// How long somebody may stand there in bad frames before he is told why, how old a good frame may be to count, and how long
/// good ones may take to fill the window. A device that judges two frames a second needs more of it.
/// </param>
/// <param name="DoubtSeconds">How long somebody may take to move as no flat picture does, before he is denied as unsure.</param>
/// <param name="RetrySeconds">After a denial, how long whoever stays waits for his next try; twice as long for each one after it, up to a minute.</param>
/// <param name="GapSeconds">Without a face for so long, whoever comes next is somebody else.</param>
sealed record ConsensusOptions(
    [property: Range(1, 30)] int Needed = 3,
    [property: Range(1, 60)] int Window = 10,
    [property: Range(0.2, 30)] double PatienceSeconds = 2,
    [property: Range(0.2, 30)] double DoubtSeconds = 4,
    [property: Range(1, 60)] double RetrySeconds = 5,
    [property: Range(0.1, 5)] double GapSeconds = 0.5)
{
    /// <summary>What two options say against each other; null when they agree.</summary>
    public string? Contradiction() => Needed <= Window ? null
        : $"Needed is {Needed} and Window {Window}; among so few frames they are never found: lower the first or raise the other.";
}

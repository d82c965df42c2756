using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Hosting;

/// <summary>How the daemon is talked to on its own machine.</summary>
/// <param name="OperatorGroup">Unix group that may move doors and enrol.</param>
/// <param name="ViewerGroup">Unix group that may look.</param>
/// <param name="ConnectionsMax">So many at a time; one more is told so and closed.</param>
/// <param name="RequestBytesMax">Longest line that is read of anybody.</param>
/// <param name="IdleSeconds">A connection that asks nothing, or does not take its answer, is closed after it.</param>
sealed record ControlOptions(
    string OperatorGroup = "edgeface-operators",
    string ViewerGroup = "edgeface-viewers",
    [property: Range(1, 256)] int ConnectionsMax = 16,
    [property: Range(256, 65536)] int RequestBytesMax = 4096,
    [property: Range(1, 3600)] double IdleSeconds = 60);

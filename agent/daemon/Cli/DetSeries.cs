using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>One line of a DET plot.</summary>
/// <param name="Name">As the legend says it.</param>
/// <param name="Points">As <see cref="DetCurve"/> makes them; none draws nothing and is said in the legend.</param>
sealed record DetSeries(string Name, IReadOnlyList<DetPoint> Points);

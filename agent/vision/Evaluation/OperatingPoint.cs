namespace EdgeFace.Evaluation;

/// <summary>A threshold and the errors counted at it.</summary>
/// <param name="Threshold">Similarity at or above which a comparison matches.</param>
/// <param name="FalsePositive">
/// Of one comparison the false match rate, FMR; of a search the false positive identification rate, FPIR.
/// </param>
/// <param name="FalseNegative">
/// Of one comparison the false non-match rate, FNMR; of a search the false negative identification rate, FNIR.
/// </param>
/// <param name="Supported">
/// Whether the trials reach down to the rate that was asked for, by the rule of three: without an error in n trials,
/// 95 % confidence ends at 3/n.
/// </param>
public sealed record OperatingPoint(float Threshold, ErrorRate FalsePositive, ErrorRate FalseNegative, bool Supported);

using EdgeFace.Inference;

namespace EdgeFace.Matching;

/// <summary>A similarity with the error rates that were measured at it and what stands behind them. There is no bare 0.42.</summary>
/// <param name="Model">The space in which it was measured.</param>
/// <param name="Similarity">Cosine at or above which a probe matches, -1..1.</param>
/// <param name="Fmr">False match rate of one comparison, 0..1.</param>
/// <param name="Fnmr">False non-match rate of one comparison, 0..1.</param>
/// <param name="ImpostorPairs">How many comparisons of strangers the rate was measured on.</param>
public sealed record Threshold(ModelId Model, float Similarity, double Fmr, double Fnmr, long ImpostorPairs)
{
    /// <summary>Euclidean distance of unit vectors at the same place: what older tools speak (0.6 of 128-d face_recognition).</summary>
    public float EuclideanDistance => ToEuclidean(Similarity);

    /// <summary>
    /// A stranger is compared with every template, and a subject may have ten: the door errs more often the more it holds
    /// (ISO/IEC 19795-1: FPIR). An estimate: it takes the comparisons to err independently, and those with the templates of
    /// one subject do not, so it is on the safe side.
    /// </summary>
    /// <param name="templates">In the gallery: comparisons of one search.</param>
    public double FpirAt(int templates) => 1 - Math.Pow(1 - Fmr, templates);

    /// <summary>
    /// Whether the rate is low enough, and was measured on 3 / rate impostor pairs or more. The number is borrowed from the
    /// rule of three, which bounds a rate where no error was seen; here it is a floor on the size of the sample (some three
    /// false matches are to be expected in it) and no bound: the rate stays the estimate that was measured.
    /// </summary>
    public bool Supports(double fmrWanted) => Fmr <= fmrWanted && ImpostorPairs >= 3 / fmrWanted;

    /// <summary>Cosine to Euclidean distance of unit vectors: sqrt(2 - 2 cos), 0..2.</summary>
    public static float ToEuclidean(float similarity) => MathF.Sqrt(Math.Max(0, 2 - 2 * similarity));
}

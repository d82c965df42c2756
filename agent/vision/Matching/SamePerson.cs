using EdgeFace.Inference;

namespace EdgeFace.Matching;

/// <summary>From which similarity on two pictures of an enrolment are one person's.</summary>
static class SamePerson
{
    /// <summary>
    /// A stranger's picture passes once in a thousand. Stricter would refuse many true pictures, and the owner stands by.
    /// </summary>
    public const double Fmr = 1e-3;

    /// <param name="embedder">Its measurements.</param>
    /// <param name="similarity">What answers where the card was not measured so far down.</param>
    /// <returns>A cosine, -1..1.</returns>
    public static float SimilarityMin(ModelCard embedder, float similarity)
    {
        var table = new ThresholdTable(embedder);
        return table.Strictest is { Fmr: <= Fmr } ? table.ForFmr(Fmr).Similarity : similarity;
    }
}

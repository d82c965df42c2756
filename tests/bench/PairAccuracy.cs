using EdgeFace.Evaluation;

namespace EdgeFace.Benchmarks;

/// <summary>Right answers on a list of pairs. A pair with a picture that gave no face is wrong at any threshold.</summary>
/// <param name="AtStandard">At thresholds that were fixed before.</param>
/// <param name="Best">At the threshold that these very pairs like best: it flatters.</param>
/// <param name="BestThreshold">That threshold, as a similarity; dlib's is 1 - distance.</param>
/// <param name="TenFold">Mean accuracy of LFW's protocol, each fold at the others' threshold.</param>
/// <param name="TenFoldError">Its standard error.</param>
/// <param name="PicturesWithoutFace">Failures to acquire.</param>
/// <param name="PairsWithoutFace">Pairs that have such a picture.</param>
sealed record PairAccuracy(
    StandardAccuracy[] AtStandard,
    double Best,
    double BestThreshold,
    double TenFold,
    double TenFoldError,
    int PicturesWithoutFace,
    int PairsWithoutFace)
{
    public delegate float Likeness(ReadOnlySpan<float> a, ReadOnlySpan<float> b);

    public static PairAccuracy Of(
        IReadOnlyList<FacePair> pairs,
        Dictionary<string, float[]> vectors,
        int pictures,
        Likeness likeness,
        params (string Name, float Threshold)[] standards)
    {
        var known = pairs.Select(pair => vectors.ContainsKey(pair.A) && vectors.ContainsKey(pair.B)).ToArray();
        ScoredPair[] scored = [.. pairs.Select((pair, i) => new ScoredPair(
            known[i] ? likeness(vectors[pair.A], vectors[pair.B]) : pair.Same ? -1 : 1, pair.Same, pair.Fold))];
        var best = scored.Select(pair => pair.Similarity).Distinct().MaxBy(threshold => RightAt(scored, threshold));
        var folds = Evaluation.TenFold.Of(scored);
        return new PairAccuracy(
            Array.ConvertAll(standards, at => new StandardAccuracy(at.Name, at.Threshold, RightAt(scored, at.Threshold))),
            RightAt(scored, best), best, folds.Accuracy, folds.StandardError,
            pictures - vectors.Count, known.Count(each => !each));
    }

    static double RightAt(ScoredPair[] pairs, float threshold) =>
        (double)pairs.Count(pair => pair.Similarity >= threshold == pair.Same) / pairs.Length;
}

/// <summary>Share of right answers at a threshold of a name.</summary>
sealed record StandardAccuracy(string Name, double Threshold, double Accuracy);

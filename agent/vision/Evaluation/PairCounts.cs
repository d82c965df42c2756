using System.Globalization;

namespace EdgeFace.Evaluation;

/// <summary>
/// What the first line of a list in the form of Labeled Faces in the Wild promises: in each fold n same, then n
/// different pairs.
/// </summary>
sealed record PairCounts(int Folds, int OfEachKind)
{
    /// <returns>Null when the line is a pair already.</returns>
    public static PairCounts? FromHeader(string line)
    {
        var fields = line.Split('\t', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var numbers = Array.ConvertAll(fields, field =>
            int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0);
        return numbers switch
        {
            [> 0 and var n] => new PairCounts(1, n),
            [> 0 and var folds, > 0 and var n] => new PairCounts(folds, n),
            _ => null,
        };
    }

    /// <exception cref="EvaluationException">
    /// The list is longer or shorter than promised, or a kind stands in the other's place.
    /// </exception>
    public void Check(string file, IReadOnlyList<(bool Same, int Line)> pairs)
    {
        var promised = 2L * Folds * OfEachKind;
        if (pairs.Count != promised)
        {
            throw EvaluationException.At(file, pairs[^1].Line, $"{pairs.Count} pairs",
                $"{Folds} x ({OfEachKind} same + {OfEachKind} different) = {promised}, as the first line says,");
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            var same = i / OfEachKind % 2 == 0;
            if (pairs[i].Same != same)
            {
                throw EvaluationException.At(file, pairs[i].Line, Kind(pairs[i].Same),
                    $"{Kind(same)} by the count of the first line");
            }
        }
    }

    public FacePair[] Cut(IReadOnlyList<FacePair> pairs) =>
        [.. pairs.Select((pair, i) => pair with { Fold = i / (2 * OfEachKind) })];

    static string Kind(bool same) => same ? "a pair of one person" : "a pair of two people";
}

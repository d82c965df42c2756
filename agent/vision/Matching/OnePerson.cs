using EdgeFace.Recognition;

namespace EdgeFace.Matching;

/// <summary>
/// Which faces hang together: two do when they are alike enough, or when others between them are (single linkage). A
/// person from the left and from the right may differ; the pictures in between join them, and join no stranger.
/// </summary>
static class OnePerson
{
    /// <summary>Everybody whom a chain of faces that are alike joins to the first ones.</summary>
    /// <param name="faces">Of one model.</param>
    /// <param name="first">How many at the front belong together from the start; 1 or more.</param>
    /// <param name="similarityMin">Cosine from which on two faces are one person's, -1..1.</param>
    /// <returns>
    /// For each face whether it belongs; and the similarity of the nearest that does not, to those that do; minus
    /// infinity when all belong.
    /// </returns>
    public static (bool[] Joined, float NextSimilarity) Join(
        IReadOnlyList<Embedding> faces, int first, float similarityMin)
    {
        var joined = new bool[faces.Count];
        var nearest = new float[faces.Count];
        Array.Fill(nearest, float.NegativeInfinity);
        var waiting = new Stack<int>(Enumerable.Range(0, first));
        foreach (var face in waiting) joined[face] = true;
        while (waiting.TryPop(out var face))
        {
            for (var other = 0; other < faces.Count; other++)
            {
                if (joined[other]) continue;

                nearest[other] = Math.Max(nearest[other], faces[face].SimilarityTo(faces[other]));
                if (nearest[other] < similarityMin) continue;

                joined[other] = true;
                waiting.Push(other);
            }
        }

        return (joined, nearest.Where((_, face) => !joined[face]).DefaultIfEmpty(float.NegativeInfinity).Max());
    }

    /// <summary>The faces that more than half of all hang together with; none when no group is that large.</summary>
    public static IReadOnlyList<T> Majority<T>(
        IReadOnlyList<T> all, Func<T, Embedding> faceOf, float similarityMin)
    {
        IReadOnlyList<T> left = all;
        while (left.Count * 2 > all.Count)
        {
            var (joined, _) = Join([.. left.Select(faceOf)], 1, similarityMin);
            var group = left.Where((_, index) => joined[index]).ToArray();
            if (group.Length * 2 > all.Count) return group;

            left = [.. left.Where((_, index) => !joined[index])];
        }

        return [];
    }
}

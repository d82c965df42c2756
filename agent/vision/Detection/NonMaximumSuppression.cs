namespace EdgeFace.Detection;

/// <summary>Of boxes that overlap, the one with the best score stays.</summary>
static class NonMaximumSuppression
{
    /// <summary>
    /// A box that lies for the most part inside a better one is a part of that face. Not the other way round: a face on a
    /// badge does not take away the face of whoever wears it.
    /// </summary>
    const float InsideMax = 0.7f;

    /// <summary>
    /// Sorts the candidates by score and copies those that stay, best first; returns how many. A box that encloses nothing,
    /// or whose sides are no numbers, is no face.
    /// </summary>
    public static int Keep(Span<FaceCandidate> candidates, float overlapMax, Span<FaceCandidate> kept)
    {
        candidates.Sort(static (a, b) => b.Box.Score.CompareTo(a.Box.Score));
        var count = 0;
        foreach (ref readonly var candidate in candidates)
        {
            if (count == kept.Length) break;
            if (float.IsFinite(candidate.Box.Area) && candidate.Box is { Width: > 0, Height: > 0 }
                && !Overlaps(candidate.Box, kept[..count], overlapMax))
            {
                kept[count++] = candidate;
            }
        }

        return count;
    }

    static bool Overlaps(in FaceBox box, ReadOnlySpan<FaceCandidate> kept, float overlapMax)
    {
        foreach (ref readonly var other in kept)
        {
            if (box.ShareInside(other.Box) > InsideMax || box.IntersectionOverUnion(other.Box) > overlapMax) return true;
        }

        return false;
    }
}

using EdgeFace.Detection;

namespace EdgeFace.Evaluation;

/// <summary>What a detector found in a picture whose faces are known.</summary>
/// <param name="Annotated">The marked faces.</param>
/// <param name="Found">The detector's boxes with their scores, in any order.</param>
public readonly record struct DetectedPicture(IReadOnlyList<AnnotatedFace> Annotated, IReadOnlyList<FaceBox> Found);

/// <summary>
/// How well a detector finds marked faces. In each picture the boxes take faces greedily, the highest score first,
/// each the free face that it overlaps most; a second box on one face is a false alarm. Source: Everingham et al.,
/// "The PASCAL Visual Object Classes Challenge", IJCV 88 (2010), with its average precision over all points; a box
/// that lies in an ignored region to at least
/// <paramref name="Iou"/> of its own area is left out, as in MS COCO's crowd regions.
/// </summary>
/// <param name="Iou">Intersection over union from which a box is on a face, above 0 and at most 1.</param>
/// <param name="Faces">Marked faces without the ignored ones.</param>
/// <param name="Detected">Faces that a box was on.</param>
/// <param name="FalseAlarms">Boxes that were on none.</param>
/// <param name="Ignored">Boxes in ignored regions.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve, 0..1; 0 where no face is marked.</param>
public sealed record DetectionRates(
    double Iou, int Faces, int Detected, int FalseAlarms, int Ignored, double AveragePrecision)
{
    /// <summary>Share of the faces that were found, 0..1; 1 where none is marked.</summary>
    public double Recall => Faces == 0 ? 1 : (double)Detected / Faces;

    /// <summary>Share of the boxes that were on faces, 0..1; 1 where there is no box.</summary>
    public double Precision => Detected + FalseAlarms == 0 ? 1 : (double)Detected / (Detected + FalseAlarms);

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="iou"/> is not above 0 and at most 1.</exception>
    public static DetectionRates Of(IEnumerable<DetectedPicture> pictures, double iou)
    {
        if (!(iou > 0 && iou <= 1))
            throw new ArgumentOutOfRangeException(nameof(iou), iou, "An overlap is above 0 and at most 1.");

        var (faces, ignored) = (0, 0);
        var judged = new List<(float Score, bool Hit)>();
        foreach (var picture in pictures)
        {
            faces += picture.Annotated.Count(face => !face.Ignore);
            var free = picture.Annotated.Where(face => !face.Ignore).Select(face => face.Box).ToList();
            var bestFirst = picture.Found
                .OrderByDescending(box => box.Score).ThenBy(box => box.Left).ThenBy(box => box.Top);
            foreach (var box in bestFirst)
            {
                if (Take(free, box, iou)) judged.Add((box.Score, true));
                else if (picture.Annotated.Any(face => face.Ignore && Covered(box, face.Box) >= iou)) ignored++;
                else judged.Add((box.Score, false));
            }
        }

        var hits = judged.Count(box => box.Hit);
        return new DetectionRates(iou, faces, hits, judged.Count - hits, ignored, AreaUnder(judged, faces));
    }

    static bool Take(List<FaceBox> free, FaceBox box, double iou)
    {
        if (free.Count == 0) return false;

        var best = free.MaxBy(face => face.IntersectionOverUnion(box));
        return best.IntersectionOverUnion(box) >= iou && free.Remove(best);
    }

    static double Covered(FaceBox box, FaceBox region)
    {
        var width = Math.Min(box.Right, region.Right) - Math.Max(box.Left, region.Left);
        var height = Math.Min(box.Bottom, region.Bottom) - Math.Max(box.Top, region.Top);
        return width <= 0 || height <= 0 ? 0 : width * height / box.Area;
    }

    // Boxes of one score come in together: no threshold could part them, and their order would be chance.
    static double AreaUnder(List<(float Score, bool Hit)> judged, int faces)
    {
        var curve = new List<(double Recall, double Precision)>();
        var (hits, boxes) = (0, 0);
        foreach (var level in judged.GroupBy(box => box.Score).OrderByDescending(level => level.Key))
        {
            hits += level.Count(box => box.Hit);
            boxes += level.Count();
            curve.Add(((double)hits / Math.Max(1, faces), (double)hits / boxes));
        }

        var (area, precision) = (0.0, 0.0);
        for (var i = curve.Count - 1; i >= 0; i--)
        {
            // The envelope: the best precision at this recall or more.
            precision = Math.Max(precision, curve[i].Precision);
            area += precision * (curve[i].Recall - (i > 0 ? curve[i - 1].Recall : 0));
        }

        return area;
    }
}

using System.Globalization;
using System.Numerics;
using EdgeFace.Detection;

namespace EdgeFace.Evaluation;

/// <summary>
/// How far found points lie from marked ones: mean distance over the 68 points, divided by the distance of the outer
/// eye corners. Source: Sagonas et al., "300 Faces in-the-Wild Challenge", ICCV-W 2013, whose normalisation this is; a
/// face beyond 0.10 counts as failed there as elsewhere in the field.
/// </summary>
/// <param name="Faces">Marked faces that have all 68 points, without the ignored ones.</param>
/// <param name="Found">Those of them whose box was found.</param>
/// <param name="Right">Those of them whose error is at most <see cref="RightMost"/>.</param>
/// <param name="Median">Of the errors of the faces found; null where there is none.</param>
public sealed record LandmarkErrors(int Faces, int Found, int Right, double? Median)
{
    /// <summary>The largest error of a face whose points are right.</summary>
    public const double RightMost = 0.10;

    /// <summary>Share of the marked faces found with their points right, 0..1; 1 where none is marked.</summary>
    public double Recall => Faces == 0 ? 1 : (double)Right / Faces;

    /// <param name="errors">One for each marked face with points; null where it was not found.</param>
    public static LandmarkErrors Of(IReadOnlyCollection<double?> errors)
    {
        var found = errors.OfType<double>().Order().ToArray();
        double? median = found.Length == 0 ? null : (found[(found.Length - 1) / 2] + found[found.Length / 2]) / 2;
        return new LandmarkErrors(errors.Count, found.Length, found.Count(error => error <= RightMost), median);
    }

    /// <summary>The normalised mean error of one face, 0 and above.</summary>
    public static double Normalised(in Landmarks68 found, in Landmarks68 marked)
    {
        var sum = 0.0;
        for (var i = 0; i < Landmarks68.Count; i++) sum += Vector2.Distance(found[i], marked[i]);

        return sum / Landmarks68.Count / Vector2.Distance(marked[36], marked[45]);
    }

    /// <summary>The points of a marked face whose parts are named 0 to 67; null when one is missing.</summary>
    public static Landmarks68? Marked(AnnotatedFace face)
    {
        var points = new Landmarks68();
        for (var i = 0; i < Landmarks68.Count; i++)
        {
            // dlib writes two digits.
            var name = i.ToString("00", CultureInfo.InvariantCulture);
            if (!face.Parts.TryGetValue(name, out var point) && !face.Parts.TryGetValue($"{i}", out point)) return null;

            points[i] = point;
        }

        return points;
    }
}

using EdgeFace.Capture;

namespace EdgeFace.Detection;

/// <summary>
/// Which of several faces a picture is of: the one with the most area x (1 - d)², where d is the distance of the box's
/// centre from the picture's over half the diagonal. A portrait's subject is near and in the middle; whoever walks by
/// behind him is neither. In a corner a face keeps a hundredth of its area, so that it is still told from another one.
/// </summary>
public static class ProminentFace
{
    const float CornerShare = 0.01f;

    /// <summary>The index of the most prominent box, and of equals the first; -1 when there is none.</summary>
    /// <param name="faces">Boxes in pixels of the picture.</param>
    /// <param name="width">Of the picture, in pixels.</param>
    /// <param name="height">Of the picture, in pixels.</param>
    public static int IndexOf(ReadOnlySpan<FaceBox> faces, int width, int height)
    {
        var (most, best) = (float.NegativeInfinity, -1);
        for (var i = 0; i < faces.Length; i++)
        {
            var prominence = Prominence(faces[i], width, height);
            if (!(prominence > most)) continue;

            (most, best) = (prominence, i);
        }

        return best;
    }

    /// <summary>The face that the frame is of; null when it has none.</summary>
    /// <param name="faces">What was found in the frame.</param>
    /// <param name="boxOf">Gives the box of one of them, in pixels of the frame.</param>
    /// <param name="frame">The picture.</param>
    public static T? Of<T>(IReadOnlyList<T> faces, Func<T, FaceBox> boxOf, Frame frame) where T : class
    {
        FaceBox[] boxes = [.. faces.Select(boxOf)];
        return IndexOf(boxes, frame.Width, frame.Height) is >= 0 and var index ? faces[index] : null;
    }

    /// <summary>Area in pixels, weighted with closeness to the picture's centre.</summary>
    static float Prominence(in FaceBox face, int width, int height)
    {
        var fromCentre = MathF.Sqrt(
            MathF.Pow(face.CentreX - width / 2f, 2) + MathF.Pow(face.CentreY - height / 2f, 2));
        var halfDiagonal = MathF.Sqrt((float)width * width + (float)height * height) / 2;
        var closeness = Math.Max(0, 1 - fromCentre / halfDiagonal);
        return face.Area * Math.Max(CornerShare, closeness * closeness);
    }
}

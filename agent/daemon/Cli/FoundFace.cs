using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Recognition;

namespace EdgeFace.Cli;

/// <summary>What <c>detect</c> writes of a face.</summary>
/// <param name="File">As it was given.</param>
/// <param name="Box">x1, y1, x2, y2 in pixels of the upright picture.</param>
/// <param name="Score">The detector's own, 0..1.</param>
/// <param name="Landmarks">68 points x, y in iBUG order.</param>
/// <param name="Quality">How good a picture of the face it is.</param>
sealed record FoundFace(string File, float[] Box, float Score, float[][] Landmarks, MeasuredQuality Quality)
{
    public static FoundFace Of(string file, LocatedFace face)
    {
        var landmarks = new float[Landmarks68.Count][];
        for (var i = 0; i < landmarks.Length; i++)
            landmarks[i] = [Hundredths(face.Face.Points[i].X), Hundredths(face.Face.Points[i].Y)];

        return new FoundFace(
            file, BoxOf(face), face.Face.Box.Score, landmarks, MeasuredQuality.Of(face.Quality));
    }

    public static float[] BoxOf(LocatedFace face) =>
    [
        Hundredths(face.Face.Box.Left), Hundredths(face.Face.Box.Top),
        Hundredths(face.Face.Box.Right), Hundredths(face.Face.Box.Bottom),
    ];

    static float Hundredths(float pixels) => MathF.Round(pixels, 2);
}

/// <summary>How good a picture of a face is; see <see cref="FaceQuality"/>.</summary>
/// <param name="InterEyePixels">Distance of the eye centres.</param>
/// <param name="Yaw">Degrees.</param>
/// <param name="Pitch">Degrees.</param>
/// <param name="Roll">Degrees.</param>
/// <param name="Sharpness">About 0.3 and more when in focus, near zero when blurred.</param>
/// <param name="Brightness">Mean luma, 0..255.</param>
/// <param name="Clipped">Share of black and white, 0..1.</param>
sealed record MeasuredQuality(
    float InterEyePixels, float Yaw, float Pitch, float Roll, float Sharpness, float Brightness, float Clipped)
{
    public static MeasuredQuality Of(FaceQuality quality) => new(
        quality.InterEyePixels, quality.Pose.Yaw, quality.Pose.Pitch, quality.Pose.Roll,
        quality.Sharpness, quality.Brightness, quality.Clipped);
}

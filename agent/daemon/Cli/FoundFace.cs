using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Detection;

namespace EdgeFace.Cli;

/// <summary>What <c>detect</c> writes of a face.</summary>
/// <param name="File">As it was given.</param>
/// <param name="Box">x1, y1, x2, y2 in pixels of the upright picture.</param>
/// <param name="Score">The detector's own, 0..1.</param>
/// <param name="Landmarks">68 points x, y in iBUG order; null where a detector looked alone, or a model of five points.</param>
/// <param name="Quality">How good a picture of the face it is; null without the 68 points, which it rests on.</param>
/// <param name="Five">Eyes, nose and mouth corners as x, y; null where nothing gave them.</param>
/// <param name="PositionSeconds">Of a video's or camera's frame; null for a picture.</param>
/// <param name="Frame">Its number in its input, from 0; null for a picture.</param>
sealed record FoundFace(
    string File, float[] Box, float Score, float[][]? Landmarks, MeasuredQuality? Quality, float[][]? Five, double? PositionSeconds,
    int? Frame)
{
    public static FoundFace Of(InputFrame input, in SeenFace face) => new(
        input.File, BoxOf(face.Box), face.Box.Score,
        face.Points is { } all ? PointsOf(all) : null,
        face.Quality is { } quality ? MeasuredQuality.Of(quality) : null,
        face.Five is { } five
            ? [Pair(five.LeftEye), Pair(five.RightEye), Pair(five.Nose), Pair(five.MouthLeft), Pair(five.MouthRight)] : null,
        input.Position?.TotalSeconds, input.Number);

    public static float[] BoxOf(in FaceBox box) =>
        [Hundredths(box.Left), Hundredths(box.Top), Hundredths(box.Right), Hundredths(box.Bottom)];

    static float[][] PointsOf(in Landmarks68 points)
    {
        var pairs = new float[Landmarks68.Count][];
        for (var i = 0; i < pairs.Length; i++) pairs[i] = Pair(points[i]);
        return pairs;
    }

    static float[] Pair(Vector2 point) => [Hundredths(point.X), Hundredths(point.Y)];

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

using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using SkiaSharp;

namespace EdgeFace.Cli;

/// <summary>
/// Draws what was found onto a picture: corner brackets, the 68 points with their contours, and a label. Lines have a
/// dark edge, so that they are seen on light and dark alike, and grow with the picture.
/// </summary>
static class FaceDrawing
{
    /// <summary>Bracket, contour and label of a 600-pixel picture; everything is a multiple of this.</summary>
    const float SideOfUnit = 600;

    /// <summary>First and last point of each contour in iBUG's order, and whether it closes.</summary>
    static readonly (int First, int Last, bool Closed)[] Contours =
    [
        (0, 16, false), (17, 21, false), (22, 26, false), (27, 30, false), (31, 35, false),
        (36, 41, true), (42, 47, true), (48, 59, true), (60, 67, true),
    ];

    static readonly SKColor Edge = new(0, 0, 0, 110);

    /// <summary>The frame with its marks, as a PNG file's bytes.</summary>
    public static byte[] Draw(Frame frame, IReadOnlyList<FaceMark> marks)
    {
        using var picture = FramePicture.Copy(frame);
        using (var canvas = new SKCanvas(picture)) DrawOnto(canvas, picture.Width, picture.Height, marks);
        using var png = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return png.ToArray();
    }

    /// <summary>The marks alone, onto a canvas whose units are the picture's pixels.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    /// <param name="marks">From the back to the front.</param>
    public static void DrawOnto(SKCanvas canvas, int width, int height, IReadOnlyList<FaceMark> marks)
    {
        var unit = Math.Max(0.75f, MathF.Sqrt((float)width * height) / SideOfUnit);
        foreach (var mark in marks)
        {
            // In a crowd the faces are small in a large picture: thin lines, so that they are not covered.
            var fine = Math.Clamp(mark.Box.Height / 160, 0.55f * unit, unit);
            if (mark.Points is { } points) DrawPoints(canvas, points, ColourOf(mark.Tone), mark.Box.Height);
            DrawBrackets(canvas, mark.Box, ColourOf(mark.Tone), fine);
        }

        var taken = new List<SKRect>();
        foreach (var mark in marks.Where(mark => mark.Title.Length > 0))
        {
            var fine = Math.Clamp(mark.Box.Height / 160, 0.45f * unit, unit);
            taken.Add(FaceLabel.Draw(canvas, width, height, mark, ColourOf(mark.Tone), fine, taken));
        }
    }

    static SKColor ColourOf(MarkTone tone) => tone switch
    {
        MarkTone.Granted => new SKColor(0x3D, 0xDC, 0x84),
        MarkTone.Unknown => new SKColor(0xFF, 0xB4, 0x2E),
        MarkTone.Denied => new SKColor(0xFF, 0x5A, 0x52),
        _ => new SKColor(0x5A, 0xC8, 0xFA),
    };

    static void DrawBrackets(SKCanvas canvas, in FaceBox box, SKColor colour, float unit)
    {
        var side = Math.Min(box.Width, box.Height);
        var (arm, radius) = (0.2f * side, 0.09f * side);
        using var path = new SKPath();
        path.MoveTo(0, arm);
        path.LineTo(0, radius);
        path.ArcTo(new SKPoint(0, 0), new SKPoint(radius, 0), radius);
        path.LineTo(arm, 0);

        Span<(float X, float Y, int Right, int Down)> corners =
            [(box.Left, box.Top, 1, 1), (box.Right, box.Top, -1, 1),
             (box.Left, box.Bottom, 1, -1), (box.Right, box.Bottom, -1, -1)];
        foreach (var (x, y, right, down) in corners)
        {
            canvas.Save();
            canvas.Translate(x, y);
            canvas.Scale(right, down);
            Stroke(canvas, path, colour, 3f * unit, edge: 1.4f * unit);
            canvas.Restore();
        }
    }

    static void DrawPoints(SKCanvas canvas, in Landmarks68 points, SKColor colour, float faceHeight)
    {
        var line = Math.Max(0.8f, faceHeight / 240);
        foreach (var (first, last, closed) in Contours)
        {
            using var path = new SKPath();
            path.MoveTo(At(points[first]));
            for (var i = first + 1; i <= last; i++) path.LineTo(At(points[i]));
            if (closed) path.Close();
            Stroke(canvas, path, new SKColor(255, 255, 255, 205), line, edge: 0.7f * line);
        }

        using var dot = new SKPaint { IsAntialias = true };
        for (var i = 0; i < Landmarks68.Count; i++)
        {
            dot.Color = Edge;
            canvas.DrawCircle(At(points[i]), 2.1f * line, dot);
            dot.Color = colour;
            canvas.DrawCircle(At(points[i]), 1.5f * line, dot);
        }
    }

    static void Stroke(SKCanvas canvas, SKPath path, SKColor colour, float width, float edge)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true,
            IsStroke = true,
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
            Color = Edge,
            StrokeWidth = width + 2 * edge,
        };
        canvas.DrawPath(path, paint);
        (paint.Color, paint.StrokeWidth) = (colour, width);
        canvas.DrawPath(path, paint);
    }

    static SKPoint At(Vector2 point) => new(point.X, point.Y);
}

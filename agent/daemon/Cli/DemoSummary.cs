using System.Globalization;
using EdgeFace.Access;
using EdgeFace.Keeping;
using SkiaSharp;

namespace EdgeFace.Cli;

/// <summary>The whole play on one page: who was enrolled, and of each visit the frame that decided, similarity over time and the door.</summary>
static class DemoSummary
{
    const int Width = 1600;
    const int Margin = 40;
    const int Head = 300;
    const int Row = 250;

    static readonly SKColor Paper = new(0x12, 0x16, 0x1C);
    static readonly SKColor Card = new(0x1C, 0x22, 0x2B);
    static readonly SKColor Ink = new(0xF2, 0xF5, 0xF8);
    static readonly SKColor Quiet = new(0x93, 0xA0, 0xB0);
    static readonly SKColor Green = new(0x3D, 0xDC, 0x84);
    static readonly SKColor Amber = new(0xFF, 0xB4, 0x2E);
    static readonly SKColor Red = new(0xFF, 0x5A, 0x52);

    public static void Save(
        string file, DemoEnrollment enrolled, IReadOnlyList<DemoOutcome> outcomes, IReadOnlyList<DemoMoment> moments, AccessPolicy policy)
    {
        using var bitmap = new SKBitmap(Width, Head + outcomes.Count * Row + Margin);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(Paper);
            DrawHead(canvas, enrolled, outcomes, policy);
            for (var i = 0; i < outcomes.Count; i++)
                DrawVisit(canvas, Head + i * Row, outcomes[i], [.. moments.Where(moment => moment.Scene == i)], policy);
        }

        using var png = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        AtomicFile.Write(file, png.ToArray());
    }

    static void DrawHead(SKCanvas canvas, DemoEnrollment enrolled, IReadOnlyList<DemoOutcome> outcomes, AccessPolicy policy)
    {
        DrawPicture(canvas, SKBitmap.Decode(enrolled.Picture), SKRect.Create(Margin, Margin, 275, 220));
        var threshold = policy.Threshold;
        Write(canvas, "EdgeFace at the door", 360, 92, 44, Ink, bold: true);
        Write(canvas, Text($"{DemoScript.Person} is enrolled with {enrolled.Templates} templates from the first {enrolled.Seconds:F0} seconds of his video."), 360, 140, 24, Ink);
        Write(canvas, Text($"Threshold {threshold.Similarity:F3} (cosine): FMR {threshold.Fmr:G2} on {threshold.ImpostorPairs:N0} impostor pairs, FNMR {threshold.Fnmr:P1}."), 360, 178, 22, Quiet);
        Write(canvas, Text($"{outcomes.Count(one => one.AsExpected)} of {outcomes.Count} decisions as expected. Three frames that agree open the door; it locks again by itself."), 360, 212, 22, Quiet);
    }

    static void DrawVisit(SKCanvas canvas, float top, DemoOutcome outcome, DemoMoment[] moments, AccessPolicy policy)
    {
        using var paint = new SKPaint { Color = Card, IsAntialias = true };
        canvas.DrawRoundRect(SKRect.Create(Margin, top, Width - 2 * Margin, Row - 24), 16, 16, paint);
        if (outcome.Picture is { } picture) DrawPicture(canvas, SKBitmap.Decode(picture), SKRect.Create(Margin + 18, top + 16, 250, Row - 56));

        const float Left = 350;
        Write(canvas, $"{outcome.Number}. {outcome.Caption}", Left, top + 50, 26, Ink, bold: true);
        Write(canvas, outcome.Opened ? "DOOR OPENED" : "DOOR STAYED SHUT", Left, top + 92, 24, outcome.Opened ? Green : Red, bold: true);
        Write(canvas, Text($"{outcome.Reason}: similarity {outcome.Similarity ?? 0:F3}"), Left, top + 128, 20, Quiet);
        Write(canvas, Text($"liveness {outcome.Liveness ?? 0:F2}, {outcome.InterEyePixels ?? 0:F0} px between the eyes"), Left, top + 156, 20, Quiet);
        Write(canvas, outcome.SecondsToDecision is { } seconds ? Text($"decided {seconds:F2} s after the first frame") : "not decided", Left, top + 184, 20, Quiet);
        if (!outcome.AsExpected) Write(canvas, $"EXPECTED: {outcome.Expected}", Left, top + 212, 20, Red, bold: true);
        DrawChart(canvas, SKRect.Create(800, top + 24, Width - Margin - 830, Row - 84), moments, policy.Threshold.Similarity);
    }

    /// <summary>Similarity of each frame over time against the threshold, and below it when the door was open.</summary>
    static void DrawChart(SKCanvas canvas, SKRect area, DemoMoment[] moments, float threshold)
    {
        if (moments.Length == 0) return;

        var length = Math.Max(1, moments[^1].At.TotalSeconds);
        float X(TimeSpan at) => area.Left + (float)(at.TotalSeconds / length) * area.Width;
        float Y(float similarity) => area.Bottom - Math.Clamp((similarity + 0.2f) / 1.2f, 0, 1) * area.Height;

        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 1.5f, Color = Quiet.WithAlpha(90) };
        canvas.DrawLine(area.Left, Y(0), area.Right, Y(0), paint);
        paint.Color = Amber;
        paint.PathEffect = SKPathEffect.CreateDash([8, 6], 0);
        canvas.DrawLine(area.Left, Y(threshold), area.Right, Y(threshold), paint);
        paint.PathEffect = null;
        Write(canvas, Text($"threshold {threshold:F2}"), area.Right - 130, Y(threshold) - 8, 16, Amber);

        foreach (var moment in moments)
        {
            if (moment.Verdict?.Match is not { } match) continue;

            paint.Color = match.Similarity >= threshold ? Green : Amber;
            canvas.DrawCircle(X(moment.At), Y(match.Similarity), moment.Decision is null ? 2.2f : 7, paint);
        }

        paint.Color = Green.WithAlpha(200);
        foreach (var moment in moments.Where(moment => moment.DoorOpen))
            canvas.DrawRect(SKRect.Create(X(moment.At), area.Bottom + 14, area.Width / moments.Length + 1, 12), paint);
        Write(canvas, "door", area.Left - 48, area.Bottom + 26, 16, Quiet);
    }

    static void DrawPicture(SKCanvas canvas, SKBitmap picture, SKRect area)
    {
        using (picture)
        using (var image = SKImage.FromBitmap(picture))
        {
            var scale = Math.Min(area.Width / picture.Width, area.Height / picture.Height);
            var place = SKRect.Create(area.Left, area.Top, picture.Width * scale, picture.Height * scale);
            canvas.DrawImage(image, place, new SKSamplingOptions(SKCubicResampler.Mitchell));
        }
    }

    static void Write(SKCanvas canvas, string text, float x, float y, float size, SKColor colour, bool bold = false)
    {
        using var font = FaceLabel.FontFor(text, bold ? SKFontStyle.Bold : SKFontStyle.Normal, size);
        using var paint = new SKPaint { IsAntialias = true, Color = colour };
        canvas.DrawText(text, x, y, font, paint);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

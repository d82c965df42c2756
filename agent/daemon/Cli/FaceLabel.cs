using SkiaSharp;

namespace EdgeFace.Cli;

/// <summary>The plate at a face's box with a name and a score.</summary>
static class FaceLabel
{
    static readonly SKColor Plate = new(0x12, 0x16, 0x1C, 0xE0);
    static readonly SKColor Quiet = new(0xC3, 0xCB, 0xD5);

    static readonly string Family = SKFontManager.Default.FontFamilies
        .FirstOrDefault(name => name.EndsWith(" Sans", StringComparison.Ordinal) || name is "Arial" or "Roboto")
        ?? SKTypeface.Default.FamilyName;

    /// <summary>
    /// Above the box, or below where there is no room, always inside the picture, and off the plates that stand already
    /// where that can be. Returns where it stands.
    /// </summary>
    public static SKRect Draw(
        SKCanvas canvas, int width, int height, FaceMark mark, SKColor colour, float unit, IReadOnlyList<SKRect> taken)
    {
        var size = 15 * unit;
        using var bold = FontFor(mark.Title, SKFontStyle.Bold, size);
        using var plain = FontFor(mark.Detail, SKFontStyle.Normal, 0.87f * size);
        var (margin, gap, bar) = (0.55f * size, mark.Detail.Length > 0 ? 0.6f * size : 0, 0.28f * size);
        var title = Fit(mark.Title, bold, width - bar - 2 * margin - gap - plain.MeasureText(mark.Detail));
        var plate = SKRect.Create(
            bar + 2 * margin + bold.MeasureText(title) + gap + plain.MeasureText(mark.Detail), 1.75f * size);
        plate.Location = PlaceFor(plate, mark, width, height, 0.5f * size, taken);

        using var paint = new SKPaint { IsAntialias = true, Color = Plate };
        using var rounded = new SKRoundRect(plate, 0.35f * size);
        canvas.DrawRoundRect(rounded, paint);
        canvas.Save();
        canvas.ClipRoundRect(rounded, antialias: true);
        paint.Color = colour;
        canvas.DrawRect(SKRect.Create(plate.Left, plate.Top, bar, plate.Height), paint);
        canvas.Restore();

        // The height of capitals is about 0.73 of the size: so much above the line stands in the middle.
        var (x, line) = (plate.Left + bar + margin, plate.MidY + 0.365f * size);
        paint.Color = SKColors.White;
        canvas.DrawText(title, x, line, bold, paint);
        paint.Color = Quiet;
        canvas.DrawText(mark.Detail, x + bold.MeasureText(title) + gap, line, plain, paint);
        return plate;
    }

    static SKPoint PlaceFor(
        SKRect plate, FaceMark mark, int width, int height, float distance, IReadOnlyList<SKRect> taken)
    {
        var x = Math.Clamp(mark.Box.Left, 0, Math.Max(0, width - plate.Width));
        ReadOnlySpan<float> places =
            [mark.Box.Top - plate.Height - distance, mark.Box.Bottom + distance, mark.Box.Top + distance, 0];
        var fallback = 0f;
        foreach (var y in places)
        {
            if (y < 0 || y + plate.Height > height) continue;

            var there = SKRect.Create(x, y, plate.Width, plate.Height);
            if (!taken.Any(there.IntersectsWith)) return there.Location;
            if (fallback == 0) fallback = y;
        }

        return new SKPoint(x, fallback);
    }

    /// <summary>A name in a script that the usual font lacks is written in one that has it.</summary>
    public static SKFont FontFor(string text, SKFontStyle style, float size)
    {
        var face = SKTypeface.FromFamilyName(Family, style);
        foreach (var rune in text.EnumerateRunes())
        {
            if (face.ContainsGlyph(rune.Value)) continue;

            face = SKFontManager.Default.MatchCharacter(Family, style, null, rune.Value) ?? face;
            break;
        }

        return new SKFont(face, size) { Edging = SKFontEdging.Antialias, Subpixel = true };
    }

    static string Fit(string text, SKFont font, float room)
    {
        if (font.MeasureText(text) <= room) return text;

        var length = text.Length;
        while (length > 1 && font.MeasureText(text[..length] + "…") > room) length--;
        return text[..length] + "…";
    }
}

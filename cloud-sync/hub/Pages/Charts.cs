using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Html;

namespace EdgeFace.Hub.Pages;

/// <summary>A row of a chart: its words below, and a value for each series.</summary>
sealed record ChartBar(string Label, IReadOnlyList<long> Values);

/// <summary>
/// Charts as pictures that the server draws: no script, and colours from the style sheet, dark and light. Who does not see them has the
/// same figures in a table beside.
/// </summary>
static class Charts
{
    const int Width = 640, Height = 220, Left = 52, Right = 8, Top = 12, Bottom = 26;

    /// <summary>Bars that stand on each other.</summary>
    /// <param name="title">For who hears it.</param>
    /// <param name="bars">In their order.</param>
    /// <param name="classes">Of the style sheet, one for each series.</param>
    /// <param name="labelEvery">Each so many bars bear their words.</param>
    /// <param name="marks">Lines with words at a place, 0 at the left end and 1 at the right.</param>
    public static IHtmlContent Stacked(
        string title, IReadOnlyList<ChartBar> bars, IReadOnlyList<string> classes, int labelEvery = 1, IReadOnlyList<(double At, string Words)>? marks = null)
    {
        var most = Ceiling(bars.Count == 0 ? 0 : bars.Max(bar => bar.Values.Sum()));
        var (wide, high) = (Width - Left - Right, Height - Top - Bottom);
        var step = wide / (double)Math.Max(1, bars.Count);
        var svg = Begin(title, Height);
        foreach (var line in new[] { 0, most / 2.0, most })
        {
            var y = Top + high - (line / most * high);
            if (most < 2 && line is > 0 and < 1) continue;

            svg.Append(Invariant($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>"));
            svg.Append(Invariant($"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{line:0.#}</text>"));
        }

        for (var i = 0; i < bars.Count; i++)
        {
            var (x, y) = (Left + (i * step), (double)(Top + high));
            for (var k = 0; k < classes.Count; k++)
            {
                if (bars[i].Values[k] <= 0) continue;

                var height = bars[i].Values[k] / most * high;
                y -= height;
                svg.Append(Invariant($"<rect class=\"{classes[k]}\" x=\"{x + (step * 0.12):0.##}\" y=\"{y:0.##}\" width=\"{step * 0.76:0.##}\" height=\"{height:0.##}\"/>"));
            }

            if (i % labelEvery == 0)
                svg.Append(Invariant($"<text x=\"{x + (step / 2):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(bars[i].Label)}</text>"));
        }

        var row = 0;
        foreach (var (at, words) in marks ?? [])
        {
            var x = Left + (at * wide);
            svg.Append(Invariant($"<line class=\"mark\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Top - 6}\" y2=\"{Top + high}\"/>"));
            svg.Append(Invariant(
                $"<text class=\"strong\" x=\"{(at > 0.7 ? x - 5 : x + 5):0.#}\" y=\"{Top + 4 + (row++ * 14)}\" text-anchor=\"{(at > 0.7 ? "end" : "start")}\">{WebUtility.HtmlEncode(words)}</text>"));
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>Lying bars, each with its words and its number.</summary>
    /// <param name="title">For who hears it.</param>
    /// <param name="bars">In their order: one value each, and the class of the style sheet.</param>
    public static IHtmlContent Lying(string title, IReadOnlyList<(string Label, long Value, string Class)> bars)
    {
        const int Row = 30, Labels = 190, Numbers = 60;
        var most = Math.Max(1, bars.Count == 0 ? 1 : bars.Max(bar => bar.Value));
        var svg = Begin(title, (bars.Count * Row) + 4);
        for (var i = 0; i < bars.Count; i++)
        {
            var width = bars[i].Value / (double)most * (Width - Labels - Numbers);
            var y = i * Row;
            svg.Append(Invariant($"<text class=\"strong\" x=\"0\" y=\"{y + 19}\">{WebUtility.HtmlEncode(bars[i].Label)}</text>"));
            svg.Append(Invariant($"<rect class=\"{bars[i].Class}\" x=\"{Labels}\" y=\"{y + 5}\" width=\"{width:0.##}\" height=\"20\" rx=\"3\"/>"));
            svg.Append(Invariant($"<text x=\"{Labels + width + 6:0.##}\" y=\"{y + 19}\">{bars[i].Value}</text>"));
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>Where a value lies along classes that are drawn equally wide; null: above them all.</summary>
    public static double? Place(double value, IReadOnlyList<int> classes, int count)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            var low = i == 0 ? 0 : classes[i - 1];
            if (value <= classes[i]) return (i + ((value - low) / (classes[i] - low))) / count;
        }

        return null;
    }

    /// <summary>The next 1, 2, 5, 10, 20, 50, ... so that a scale has round numbers.</summary>
    public static double Ceiling(double value)
    {
        if (value <= 1) return 1;

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        foreach (var factor in new[] { 1, 2, 5, 10 })
            if (value <= factor * power) return factor * power;
        return value;
    }

    static StringBuilder Begin(string title, int height) => new StringBuilder()
        .Append(Invariant($"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">"));

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

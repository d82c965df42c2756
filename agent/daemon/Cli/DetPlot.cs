using System.Globalization;
using EdgeFace.Evaluation;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace EdgeFace.Cli;

/// <summary>
/// Draws detection error trade-off curves on axes of normal deviates, where two bell curves of similarity give a
/// straight line and both ends of the scale can be read.
/// </summary>
sealed class DetPlot(
    string title, string falsePositives = "False match rate", string falseNegatives = "False non-match rate")
{
    const int Width = 900;
    const int Height = 700;

    // Beyond six in ten a rate tells nothing that anybody would run a door at; the room goes to the low ends.
    const double HighestShown = 0.6;

    static readonly double[] Rates =
        [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, HighestShown];

    // Okabe and Ito's palette without its yellow: told apart by colour-blind readers too, and visible on white.
    static readonly string[] Colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"];

    static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted];

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string file, IReadOnlyList<DetSeries> series) => File.WriteAllBytes(file, Png(series));

    public byte[] Png(IReadOnlyList<DetSeries> series)
    {
        using var plot = Draw(series);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    Plot Draw(IReadOnlyList<DetSeries> series)
    {
        var plot = new Plot();
        plot.Title(title, size: 20);
        plot.XLabel(falsePositives, size: 16);
        plot.YLabel(falseNegatives, size: 16);
        foreach (var (i, one) in series.Index()) AddCurve(plot, one, i);

        var points = series.SelectMany(one => one.Points).ToList();
        var (left, right) = Range(points.ConvertAll(point => point.FalsePositive), orElse: (1e-4, 0.4));
        var (bottom, top) = Range(points.ConvertAll(point => point.FalseNegative), orElse: (1e-3, 0.4));
        plot.Axes.SetLimits(left, right, bottom, top);
        AddEqualErrorLine(plot, Math.Max(left, bottom), Math.Min(right, top));
        Style(plot);
        return plot;
    }

    static void AddCurve(Plot plot, DetSeries series, int index)
    {
        var colour = Color.FromHex(Colours[index % Colours.Length]);
        var curve = plot.Add.Scatter(
            series.Points.Select(point => NormalDeviate.Of(point.FalsePositive)).ToArray(),
            series.Points.Select(point => NormalDeviate.Of(point.FalseNegative)).ToArray(),
            colour);
        curve.LegendText = series.Points.Count == 0 ? $"{series.Name} (no overlap)" : series.Name;
        curve.LineWidth = 2.5f;
        curve.LinePattern = Patterns[index / Colours.Length % Patterns.Length];
        curve.MarkerSize = series.Points.Count == 1 ? 8 : 0;
    }

    static void AddEqualErrorLine(Plot plot, double from, double to)
    {
        if (from >= to) return;

        var line = plot.Add.Line(from, from, to, to);
        line.LegendText = "equal errors";
        line.LineColor = Colors.Gray;
        line.LinePattern = LinePattern.Dotted;
        line.LineWidth = 1.5f;
    }

    static void Style(Plot plot)
    {
        plot.Font.Set(SansSerif());
        plot.Layout.Fixed(new PixelPadding(left: 95, right: 45, bottom: 75, top: 55));
        plot.Axes.Bottom.TickGenerator = Ticks();
        plot.Axes.Left.TickGenerator = Ticks();
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickLabelStyle.FontSize = 13;
        plot.Grid.MajorLineColor = Color.FromHex("#D9D9D9");
        plot.Legend.FontSize = 14;
        plot.ShowLegend(ScottPlot.Alignment.UpperRight);
    }

    // The drawing library's own choice is the first font of the system, which may be one for formulas.
    static string SansSerif() => SKFontManager.Default.FontFamilies
        .Where(name => name.EndsWith(" Sans", StringComparison.Ordinal) || name is "Arial" or "Roboto")
        .FirstOrDefault(Fonts.Default);

    static NumericManual Ticks() => new(
        Array.ConvertAll(Rates, NormalDeviate.Of),
        Array.ConvertAll(Rates, Label));

    // Small rates in the form that error rates are asked for in: their many zeros would run into each other.
    static string Label(double rate) => rate < 1e-4
        ? rate.ToString("0e-0", CultureInfo.InvariantCulture)
        : (rate * 100).ToString("0.##", CultureInfo.InvariantCulture) + " %";

    // From the tick below the lowest rate to the tick above the highest, so that the axes start and end with a number;
    // a curve goes on beyond the last one unseen.
    static (double Low, double High) Range(List<double> rates, (double Low, double High) orElse)
    {
        var (low, high) = rates.Count == 0 ? orElse : (rates.Min(), rates.Max());
        var first = Rates.Where(rate => rate <= low && rate < HighestShown).DefaultIfEmpty(Rates[0]).Max();
        var last = Rates.Where(rate => rate >= high && rate > first).DefaultIfEmpty(Rates[^1]).Min();
        return (NormalDeviate.Of(first), NormalDeviate.Of(last));
    }
}

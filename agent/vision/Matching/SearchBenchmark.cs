using System.Numerics.Tensors;
using EdgeFace.Inference;

namespace EdgeFace.Matching;

/// <summary>Times the search of a made-up gallery against the plain scan of its rows, in turns, so that both meet the same machine.</summary>
static class SearchBenchmark
{
    const int Probes = 16;
    const int RoundsLeast = 11;

    /// <param name="templates">Rows of the gallery, 1 or more.</param>
    /// <param name="width">Values of each, 1 to <see cref="Gallery.WidthMost"/>.</param>
    /// <param name="budget">How long to go on measuring, after the gallery is made.</param>
    /// <param name="time">Measures.</param>
    /// <param name="shape">How the rows lie.</param>
    /// <param name="kernel">Another than the best of this processor.</param>
    public static SearchTiming Run(
        int templates, int width, TimeSpan budget, TimeProvider time, GalleryShape shape = GalleryShape.Random, Kernel? kernel = null)
    {
        var made = new SyntheticRows(shape, width, seed: 1);
        var gallery = Make(made, templates, width, kernel ?? Kernels.Best);
        var probes = new float[Probes][];
        for (var i = 0; i < Probes; i++) probes[i] = made.Probe(gallery.Row(i * templates / Probes));

        var rounds = new List<Round>();
        var start = time.GetTimestamp();
        while (rounds.Count < RoundsLeast || time.GetElapsedTime(start) < budget)
            rounds.Add(Measure(gallery, probes[rounds.Count % Probes], time));

        // The first rounds ran code that was still being compiled.
        return Summary(gallery, rounds[(rounds.Count / 5)..]);
    }

    /// <summary>The plain scan: best similarity of all rows.</summary>
    static float Scan(Gallery gallery, ReadOnlySpan<float> probe)
    {
        var best = float.NegativeInfinity;
        for (var row = 0; row < gallery.Templates; row++)
            best = Math.Max(best, TensorPrimitives.Dot(gallery.Row(row), probe));

        return best;
    }

    static Round Measure(Gallery gallery, float[] probe, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var found = gallery.Search(probe, out var effort);
        var search = time.GetElapsedTime(start).TotalMilliseconds;
        start = time.GetTimestamp();
        var best = Scan(gallery, probe);
        var scan = time.GetElapsedTime(start).TotalMilliseconds;
        if (found?.Similarity != best)
            throw new InvalidOperationException($"The search found {found?.Similarity}, the scan {best}.");

        return new Round(search, scan, effort);
    }

    static SearchTiming Summary(Gallery gallery, List<Round> rounds)
    {
        var (search, scan) = (Median(rounds, each => each.SearchMs), Median(rounds, each => each.ScanMs));
        var finerRows = Median(rounds, each => each.Effort.FinerRows);
        var floatRows = Median(rounds, each => each.Effort.FloatRows);
        double floatBytes = 4.0 * gallery.Width;
        var read = gallery.FirstPassBytes + finerRows * gallery.Width / 2 + floatRows * floatBytes;
        return new SearchTiming(
            gallery.Templates,
            gallery.Width,
            rounds.Count,
            search,
            scan,
            Median(rounds, each => each.SearchMs / each.ScanMs),
            read / search / 1e6,
            gallery.Templates * floatBytes / scan / 1e6,
            (int)finerRows,
            (int)floatRows);
    }

    static double Median(List<Round> rounds, Func<Round, double> of)
    {
        var sorted = rounds.Select(of).Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>A gallery of made-up people, five templates each.</summary>
    public static Gallery Make(SyntheticRows made, int templates, int width, Kernel kernel)
    {
        var rows = new AlignedArray<float>(checked(templates * width));
        made.Fill(rows.Span);
        var owners = new SubjectId[templates];
        for (var i = 0; i < templates; i++)
            owners[i] = i % SyntheticRows.RowsOfSubject == 0 ? SubjectId.New() : owners[i - 1];

        return new Gallery(new ModelId("synthetic"), width, rows, owners, kernel);
    }

    readonly record struct Round(double SearchMs, double ScanMs, SearchEffort Effort);
}

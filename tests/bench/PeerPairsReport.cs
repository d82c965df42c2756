using EdgeFace.Cli;

namespace EdgeFace.Benchmarks;

/// <summary>What <c>peers pairs --json</c> prints.</summary>
sealed record PeerPairsReport(
    int Pairs,
    int Pictures,
    int Threads,
    string Load,
    PeerAbout? About,
    PairTimes MedianMs,
    PairAccuracy Ours,
    PairAccuracy Dlib);

/// <summary>
/// Medians in ms of a picture without its decoding; totals and ratio over the pictures in which both found a face.
/// </summary>
sealed record PairTimes(
    double OursDetect,
    double DlibDetect,
    double OursLandmarksAndChip,
    double DlibLandmarksAndChip,
    double OursEmbed,
    double DlibEmbed,
    double OursTotal,
    double DlibTotal,
    double Ratio)
{
    public static PairTimes Of(IReadOnlyList<(StageTimes Ours, PeerAnswer Dlib)> times)
    {
        var both = times.Where(time => time.Ours.Embed is not null && time.Dlib.Descriptor is not null).ToArray();
        return new PairTimes(
            Median(one => one.Ours.Detect), Median(one => one.Dlib.DetectMs),
            Median(one => one.Ours.Landmarks + one.Ours.Align + one.Ours.Quality),
            Median(one => one.Dlib.LandmarksMs + one.Dlib.ChipMs),
            Median(one => one.Ours.Embed), Median(one => one.Dlib.EmbedMs),
            Median(one => Total(one.Ours)), Median(one => one.Dlib.TotalMs),
            Median(one => one.Dlib.TotalMs / Total(one.Ours)));

        double Median(Func<(StageTimes Ours, PeerAnswer Dlib), double?> of) => Machine.Median(both.Select(of).OfType<double>());
    }

    static double? Total(in StageTimes one) => one.Detect + one.Landmarks + one.Align + one.Quality + one.Embed;
}

namespace EdgeFace.Cli;

/// <summary>
/// How long the stages took for one picture, or the median of many, in milliseconds on one thread. Null where a stage
/// was not reached: there was no face.
/// </summary>
/// <param name="Decode">File to pixels.</param>
/// <param name="Detect">Pixels to the box of the most prominent face.</param>
/// <param name="Landmarks">Box to 68 points.</param>
/// <param name="Align">Points to the place of the chip; its pixels are cut in the next two.</param>
/// <param name="Quality">Measuring the chip.</param>
/// <param name="Embed">Chip to vector.</param>
readonly record struct StageTimes(
    double? Decode,
    double? Detect,
    double? Landmarks = null,
    double? Align = null,
    double? Quality = null,
    double? Embed = null)
{
    /// <summary>Of each stage by itself, over the pictures that reached it.</summary>
    public static StageTimes Median(IReadOnlyCollection<StageTimes> times) => new(
        MedianOf(times.Select(one => one.Decode)),
        MedianOf(times.Select(one => one.Detect)),
        MedianOf(times.Select(one => one.Landmarks)),
        MedianOf(times.Select(one => one.Align)),
        MedianOf(times.Select(one => one.Quality)),
        MedianOf(times.Select(one => one.Embed)));

    public static double? MedianOf(IEnumerable<double?> times)
    {
        var known = times.OfType<double>().Order().ToArray();
        return known.Length == 0 ? null : Math.Round((known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2, 3);
    }
}

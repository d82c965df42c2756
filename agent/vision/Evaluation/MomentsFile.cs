using System.Globalization;
using EdgeFace.Capture;
using EdgeFace.Liveness;

namespace EdgeFace.Evaluation;

/// <summary>A stretch of a video in which somebody moves, as people see it.</summary>
/// <param name="From">Seconds from the start of the file.</param>
/// <param name="To">After it.</param>
/// <param name="Movement">Which; none stands for all of them where it is doubtful.</param>
/// <param name="IsDoubtful">People would not agree on it: it counts neither as a moment nor as rest.</param>
public readonly record struct LabelledMoment(double From, double To, Movement Movement, bool IsDoubtful)
{
    public bool IsOf(Movement movement) => Movement == movement || Movement is Movement.None;
}

/// <summary>A video, or a part of it, that was looked through from end to end.</summary>
/// <param name="Name">As in the list, with its part.</param>
/// <param name="File">Where it lies.</param>
/// <param name="From">Seconds; 0 from the start on.</param>
/// <param name="To">Seconds; infinite to the end.</param>
/// <param name="Moments">Those that were seen; all the rest of it is rest.</param>
public sealed record LabelledVideo(string Name, string File, double From, double To, IReadOnlyList<LabelledMoment> Moments);

/// <summary>
/// Reads a list of moments: comma-separated values with the header "video,from,to,movement", lines that begin with # left out. A
/// video is looked for beside the list and in a folder of media; "VIDEO#t=FROM,TO" is a part of it. A movement with a question mark
/// behind it is doubtful, and "?" alone is so for all of them.
/// </summary>
public static class MomentsFile
{
    const string Header = "video,from,to,movement";
    const string Movements = "turn_left, turn_right, look_up, blink, open_mouth or come_closer, perhaps with a ? behind it,";

    /// <param name="file">The list.</param>
    /// <param name="media">Where videos lie that are not beside it.</param>
    /// <exception cref="EvaluationException">The list or a video is missing, a line is malformed, or there is no line.</exception>
    public static IReadOnlyList<LabelledVideo> Read(string file, string media)
    {
        if (!File.Exists(file)) throw new EvaluationException(EvaluationFault.Missing, $"There is no list of moments at {file}.");

        var videos = new Dictionary<string, List<LabelledMoment>>(StringComparer.Ordinal);
        foreach (var (index, line) in File.ReadLines(file).Index())
        {
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#') continue;
            if (line.Replace(" ", "", StringComparison.Ordinal).Equals(Header, StringComparison.OrdinalIgnoreCase)) continue;

            var (video, moment) = Parse(line, file, index + 1);
            if (!videos.TryGetValue(video, out var moments)) videos[video] = moments = [];
            moments.Add(moment);
        }

        return videos.Count > 0 ? [.. videos.Select(video => Find(video.Key, video.Value, file, media))]
            : throw new EvaluationException(EvaluationFault.TooFew, $"{file} lists no moment: write lines of {Header}.");
    }

    static (string Video, LabelledMoment Moment) Parse(string line, string file, int number)
    {
        if (CsvLine.Split(line) is not [{ Length: > 0 } video, var from, var to, var movement])
            throw EvaluationException.At(file, number, line, Header);
        if (!(Seconds(from) is { } start && Seconds(to) is { } end && start < end))
            throw EvaluationException.At(file, number, $"{from},{to}", "a time in seconds and a later one");

        return (video, new LabelledMoment(start, end, MovementOf(movement.TrimEnd('?'), file, number, movement), movement.EndsWith('?')));
    }

    static Movement MovementOf(string word, string file, int number, string whole)
    {
        if (whole == "?") return Movement.None;

        // Not Enum.TryParse alone: it takes numbers, too.
        var known = Enum.GetValues<Movement>().Where(each => each is not Movement.None).Select(each => (Movement?)each)
            .FirstOrDefault(each => $"{each}".Equals(word.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        return known ?? throw EvaluationException.At(file, number, whole, Movements);
    }

    static LabelledVideo Find(string name, IReadOnlyList<LabelledMoment> moments, string list, string media)
    {
        try
        {
            var part = MediaFragment.Parse(name);
            string[] places = [Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list)) ?? "/", part.Path), Path.Combine(media, part.Path)];
            var to = part.To == TimeSpan.MaxValue ? double.PositiveInfinity : part.To.TotalSeconds;
            return new LabelledVideo(
                name, places.FirstOrDefault(File.Exists) ?? throw Missing(list, places), part.From.TotalSeconds, to, moments);
        }
        catch (ArgumentException e)
        {
            throw new EvaluationException(EvaluationFault.Malformed, $"{list}: {e.Message}", e);
        }
    }

    static EvaluationException Missing(string list, string[] places) => new(EvaluationFault.Missing,
        $"{list} names a video that is neither at {places[0]} nor at {places[1]}. The demo's videos come with: edgeface demo");

    static double? Seconds(string word) =>
        double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e7 ? seconds : null;
}

using EdgeFace.Liveness;

namespace EdgeFace.Evaluation;

/// <summary>A movement that was read in a video.</summary>
/// <param name="At">Seconds from the start of the file.</param>
/// <param name="Movement">Which.</param>
public readonly record struct ReadMoment(double At, Movement Movement);

/// <summary>A video with what people saw in it and what was read.</summary>
/// <param name="Labels">What people saw.</param>
/// <param name="Read">In the order of time.</param>
/// <param name="Seconds">How long what was looked through is.</param>
public sealed record WatchedVideo(LabelledVideo Labels, IReadOnlyList<ReadMoment> Read, double Seconds);

/// <summary>How well one movement is read.</summary>
/// <param name="Movement">Which.</param>
/// <param name="Missed">Of the moments that people saw, those in which it was not read.</param>
/// <param name="FalseAlarms">How often it was read where people saw none.</param>
/// <param name="RestSeconds">How long people saw none of it for certain.</param>
/// <param name="AlarmedSeconds">Of whole seconds of rest, those with a false alarm: what an exact interval can be had of.</param>
public sealed record MomentRates(
    Movement Movement, ErrorRate Missed, int FalseAlarms, double RestSeconds, ErrorRate AlarmedSeconds)
{
    /// <summary>A movement begins before it is to be seen clearly, and is read a few frames after.</summary>
    public const double SlackSeconds = 0.4;

    public static IReadOnlyList<MomentRates> Of(IReadOnlyList<WatchedVideo> videos) =>
        [.. Enum.GetValues<Movement>().Where(movement => movement is not Movement.None).Select(movement => Of(videos, movement))];

    /// <summary>The moments of a video in which the movement was not read.</summary>
    public static IEnumerable<LabelledMoment> MissedIn(WatchedVideo video) => video.Labels.Moments.Where(moment =>
        !moment.IsDoubtful && !video.Read.Any(read => read.Movement == moment.Movement && IsWithin(read, moment)));

    /// <summary>What was read in a video where people saw nothing of the kind.</summary>
    public static IEnumerable<ReadMoment> FalseAlarmsIn(WatchedVideo video) => video.Read.Where(read =>
        !video.Labels.Moments.Any(moment => moment.IsOf(read.Movement) && IsWithin(read, moment)));

    static MomentRates Of(IReadOnlyList<WatchedVideo> videos, Movement movement)
    {
        var labelled = videos.Sum(video => video.Labels.Moments.Count(moment => !moment.IsDoubtful && moment.Movement == movement));
        var missed = videos.Sum(video => MissedIn(video).Count(moment => moment.Movement == movement));
        var rest = videos.Sum(video =>
            video.Seconds - video.Labels.Moments.Where(moment => moment.IsOf(movement)).Sum(moment => moment.To - moment.From));
        var alarms = videos.Select(video => FalseAlarmsIn(video).Where(read => read.Movement == movement).ToArray()).ToArray();
        var alarmed = alarms.Sum(each => each.Select(read => (long)read.At).Distinct().Count());
        return new MomentRates(
            movement, new ErrorRate(missed, labelled), alarms.Sum(each => each.Length), rest,
            new ErrorRate(alarmed, Math.Max(1, Math.Max(alarmed, (long)rest))));
    }

    static bool IsWithin(ReadMoment read, LabelledMoment moment) =>
        read.At >= moment.From - SlackSeconds && read.At <= moment.To + SlackSeconds;
}

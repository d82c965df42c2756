using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>The liveness limit of a camera, set by people who stand before it.</summary>
sealed partial class DaemonControl
{
    /// <summary>With so few readings the limit's place is a guess.</summary>
    const int ReadingsMin = 40;

    /// <summary>An APCER that cannot be shown to be below this is thin.</summary>
    const double ApcerShown = 0.05;

    async IAsyncEnumerable<ControlReply> CalibrateAsync(ControlCall call, [EnumeratorCancellation] CancellationToken stop)
    {
        if (daemon.Find(call.Door) is not { } post)
        {
            yield return NoSuchDoor(call);
            yield break;
        }

        var (people, seconds, bpcer) = (call.Request.People ?? 0, call.Request.Seconds ?? 0, call.Request.Bpcer ?? 0);
        if (!(seconds is >= ControlCommand.CalibrationSecondsMin and <= ControlCommand.CalibrationSecondsMax))
        {
            yield return ControlReply.Refuse(
                $"calibrate: seconds is {Number(seconds)}; each person stands there for {ControlCommand.CalibrationSecondsMin} to {ControlCommand.CalibrationSecondsMax}.");
            yield break;
        }

        var words = Channel.CreateBounded<string>(
            new BoundedChannelOptions(WordsWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var samePerson = SamePerson.SimilarityMin(post.Recognizer.Embedder.Model.Card, daemon.Gallery.Threshold.Similarity);
        var motion = new FacialMotion(post.Recognizer.Embedder.Width, samePerson);
        var series = new BonaFideSeries(
            people, TimeSpan.FromSeconds(seconds), samePerson, motion, word => words.Writer.TryWrite(word), daemon.Time);
        try
        {
            if (!await AtWatchAsync(post, () => post.Watch.TryBegin(series), stop))
            {
                yield return ControlReply.No($"At {post.Name} somebody is being enrolled, challenged or measured: wait until that is over.");
                yield break;
            }

            while (!await AtWatchAsync(post, () => series.IsOver, stop))
            {
                while (words.Reader.TryRead(out var word)) yield return ControlReply.Along(word);
                await Task.Delay(BetweenLooks, daemon.Time, stop);
            }

            while (words.Reader.TryRead(out var word)) yield return ControlReply.Along(word);
        }
        finally
        {
            // Begun or not: whoever asked may be gone before he hears of it, and the door goes back to its work.
            post.Watch.TrySend(() => post.Watch.End(series));
        }

        var report = Calibrate(post, await AtWatchAsync(post, () => (series.People, Readings: series.Readings.ToArray()), stop), people, bpcer);
        yield return ControlReply.With(report, ControlJson.Lines.CalibrationReport) with
        {
            Exit = report.Result is "calibrated" ? ControlExit.Ok : ControlExit.No,
        };
    }

    CalibrationReport Calibrate(DoorPost post, (int People, float[] Readings) seen, int people, double bpcer)
    {
        var before = daemon.CalibrationOf(post.Name)?.LivenessMin ?? post.Profile.LivenessMin;
        if (seen.People < people || seen.Readings.Length < ReadingsMin)
        {
            return new CalibrationReport("too-few", seen.People, seen.Readings.Length, null, before, bpcer,
                Warning: $"{seen.People} of {people} people were there for long enough, and {seen.Readings.Length} readings; "
                    + $"{ReadingsMin} are needed. Nothing was changed.");
        }

        var calibration = CameraCalibration.Of(seen.Readings, bpcer, seen.People, daemon.DigestOf(post.Profile), daemon.Time.GetUtcNow());
        if (IsAtBottom(calibration, seen.Readings))
        {
            return new CalibrationReport("too-low", seen.People, seen.Readings.Length, null, before, bpcer,
                Warning: $"The limit would be below {CameraCalibration.LivenessLeast}, where too many attacks get through. Nothing was changed. "
                    + "Better light or another place for the camera helps.");
        }

        daemon.Adopt(post, calibration);
        // Of the points below the limit, the highest: no fewer attacks reach it.
        var attacks = (post.Liveness.Model.Card.Attacks ?? []).LastOrDefault(point => point.Liveness <= calibration.LivenessMin);
        return new CalibrationReport(
            "calibrated", seen.People, seen.Readings.Length, calibration.LivenessMin, before, bpcer,
            seen.Readings.Count(live => live < calibration.LivenessMin), attacks?.Attacks, attacks?.Passed,
            WarningOf(attacks));
    }

    /// <summary>The wanted share of people cannot be had at any limit that keeps attacks out.</summary>
    static bool IsAtBottom(CameraCalibration calibration, float[] readings) => calibration.LivenessMin <= CameraCalibration.LivenessLeast
        && readings.Count(live => live < calibration.LivenessMin) > 2 * calibration.Bpcer * readings.Length;

    static string? WarningOf(MeasuredAttacks? attacks)
    {
        if (attacks is null) return "No attack was measured at this limit or below: what gets through is not known.";

        var claim = new RateClaim(ApcerShown);
        return claim.IsShownBy(new ErrorRate(attacks.Passed, attacks.Attacks)) ? null
            : $"Of {attacks.Attacks} attacks on other cameras {attacks.Passed} reach this limit: too many, or too few attacks, to show an APCER below {ApcerShown:P0}. "
                + "Measure it at this camera: edgeface pad capture, then pad report.";
    }
}

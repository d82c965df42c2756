using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>What <c>pad evaluate --json</c> prints. Rates are 0..1; a rate that nothing was presented for is null.</summary>
/// <param name="Eer">Where attacks of all species together are taken for bona fide as often as bona fide presentations are refused.</param>
/// <param name="EerThreshold">The liveness there.</param>
/// <param name="Threshold">At which all that follows was counted.</param>
/// <param name="Apcer">By species.</param>
/// <param name="ApcerWorst">Of the species that gets through most often: the headline.</param>
/// <param name="ApcerInterval">By species, 95 %.</param>
/// <param name="Bpcer">Bona fide presentations that are refused.</param>
/// <param name="BpcerInterval">95 %.</param>
/// <param name="NonResponse">Share of presentations without an answer.</param>
/// <param name="Presentations">How many.</param>
/// <param name="ByCamera">In the order of their names.</param>
/// <param name="BySubject">In the order of their names.</param>
/// <param name="Calibrated">With a threshold for each camera; null where none was asked for.</param>
/// <param name="LeaveOneCameraOut">Each camera at the threshold at which the others' errors are equal; null with fewer than two.</param>
/// <param name="Each">Every presentation, in the order of the list; null where they were not asked for.</param>
/// <param name="Model">Card of the passive model.</param>
/// <param name="Note">What this is not.</param>
sealed record PadReport(
    double Eer, double EerThreshold, double Threshold, IReadOnlyDictionary<string, double> Apcer, double? ApcerWorst,
    IReadOnlyDictionary<string, double[]> ApcerInterval, double? Bpcer, double[]? BpcerInterval, double NonResponse, int Presentations,
    IReadOnlyList<PadCameraRow> ByCamera, IReadOnlyList<PadSubjectRow> BySubject, PadCalibratedReport? Calibrated,
    IReadOnlyList<PadLeftOutRow>? LeaveOneCameraOut, IReadOnlyList<PadEachRow>? Each, string Model,
    string Note = "Measured after ISO/IEC 30107-3; this is not a certified test.")
{
    public static PadReport Of(IReadOnlyList<PadTrial> trials, double threshold, string model, PadCalibration? calibration, bool each = false)
    {
        var (eer, at) = PadRates.EqualErrors(trials);
        var rates = PadRates.Of(trials, threshold);
        var all = rates.All;
        return new PadReport(
            eer, at, threshold, Rates(all), all.WorstApcer, Intervals(all), all.Bpcer?.Rate, all.Bpcer is { } bpcer ? Ends(bpcer) : null,
            all.NonResponses.Rate, trials.Count, Cameras(rates),
            [.. rates.BySubject.Select(subject => new PadSubjectRow(
                subject.Name, subject.WorstApcer, subject.Bpcer?.Rate, subject.NonResponses.Rate, subject.NonResponses.Trials))],
            calibration is null ? null : PadCalibratedReport.Of(calibration),
            LeftOut(trials), each ? [.. trials.Select(trial => PadEachRow.Of(trial, threshold))] : null, model);
    }

    /// <summary>Every threshold at which something changes, for drawing.</summary>
    public static IReadOnlyList<DetPoint> Curve(IReadOnlyList<PadTrial> trials) =>
        [.. trials.Where(trial => trial.Score is not null).Select(trial => trial.Score ?? 0).Distinct().Order()
            .Select(score => (score, All: PadRates.Of(trials, score).All))
            .Select(point => new DetPoint(
                point.score, (double)point.All.Apcer.Values.Sum(rate => rate.Errors) / point.All.Apcer.Values.Sum(rate => rate.Trials),
                point.All.Bpcer?.Rate ?? 0))
            .Where(point => point is { FalsePositive: > 0 and < 1, FalseNegative: > 0 and < 1 })];

    public static IReadOnlyList<PadCameraRow> Cameras(PadRates rates) =>
        [.. rates.ByCamera.Select(camera => new PadCameraRow(
            camera.Name, camera.WorstApcer, camera.Bpcer?.Rate, camera.NonResponses.Trials, camera.NonResponses.Rate))];

    /// <summary>What the figures of some cameras are worth at another one: the threshold is set without it.</summary>
    static PadLeftOutRow[]? LeftOut(IReadOnlyList<PadTrial> trials)
    {
        var cameras = trials.Select(trial => trial.Presentation.Camera).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (cameras.Length < 2) return null;

        var rows = new List<PadLeftOutRow>();
        foreach (var camera in cameras)
        {
            var others = trials.Where(trial => trial.Presentation.Camera != camera).ToArray();
            // One that all attacks, or all living people, stood before has nothing to be tested against.
            if (!Answered(others, isBonaFide: true) || !Answered(others, isBonaFide: false)) continue;

            var threshold = PadRates.EqualErrors(others).Threshold;
            var own = PadRates.Of([.. trials.Where(trial => trial.Presentation.Camera == camera)], threshold).All;
            rows.Add(new PadLeftOutRow(camera, threshold, own.WorstApcer, own.Bpcer?.Rate, own.NonResponses.Trials));
        }

        return [.. rows];
    }

    static bool Answered(IEnumerable<PadTrial> trials, bool isBonaFide) =>
        trials.Any(trial => trial.Presentation.IsBonaFide == isBonaFide && trial.Score is not null);

    public static Dictionary<string, double> Rates(PadGroup group) => group.Apcer.ToDictionary(species => species.Key, species => species.Value.Rate);

    static Dictionary<string, double[]> Intervals(PadGroup group) => group.Apcer.ToDictionary(species => species.Key, species => Ends(species.Value));

    static double[] Ends(ErrorRate rate) => [rate.Interval().Low, rate.Interval().High];
}

/// <summary>One camera at a threshold that was set by the others.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="Threshold">0..1.</param>
/// <param name="Apcer">Of the worst species.</param>
/// <param name="Bpcer">0..1.</param>
/// <param name="N">Presentations.</param>
sealed record PadLeftOutRow(string Camera, double Threshold, double? Apcer, double? Bpcer, long N);

/// <summary>One presentation.</summary>
/// <param name="Path">Of its picture or video.</param>
/// <param name="Label">"live" or "spoof".</param>
/// <param name="Attack">Species; "none" for a living person.</param>
/// <param name="Liveness">0..1; null: no response.</param>
/// <param name="Verdict">"live", "spoof" or "no-response".</param>
/// <param name="DeniedBy">"motion" (it moves as a flat picture), "looped", "frozen" or "black"; null where single pictures decide.</param>
sealed record PadEachRow(string Path, string Label, string Attack, float? Liveness, string Verdict, string? DeniedBy)
{
    public static PadEachRow Of(PadTrial trial, double threshold) => new(
        trial.Presentation.File, trial.Presentation.IsBonaFide ? "live" : "spoof", trial.Presentation.Species, trial.Score,
        trial.Score is not { } score ? "no-response" : score >= threshold ? "live" : "spoof", trial.DeniedBy);
}

/// <summary>One camera.</summary>
/// <param name="Camera">Its name.</param>
/// <param name="Apcer">Of the worst species.</param>
/// <param name="Bpcer">0..1.</param>
/// <param name="N">Presentations.</param>
/// <param name="NonResponse">0..1.</param>
sealed record PadCameraRow(string Camera, double? Apcer, double? Bpcer, long N, double NonResponse);

/// <summary>One person.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Apcer">Of the worst species.</param>
/// <param name="Bpcer">0..1.</param>
/// <param name="NonResponse">0..1.</param>
/// <param name="N">Presentations.</param>
sealed record PadSubjectRow(string Subject, double? Apcer, double? Bpcer, double NonResponse, long N);

/// <summary>With a threshold for each camera, on trials that set none.</summary>
/// <param name="Thresholds">By camera.</param>
/// <param name="Apcer">By species.</param>
/// <param name="Bpcer">0..1.</param>
/// <param name="ByCamera">In the order of their names.</param>
/// <param name="Presentations">Tested.</param>
sealed record PadCalibratedReport(
    IReadOnlyDictionary<string, double> Thresholds, IReadOnlyDictionary<string, double> Apcer, double? Bpcer,
    IReadOnlyList<PadCameraRow> ByCamera, int Presentations)
{
    public static PadCalibratedReport Of(PadCalibration calibration)
    {
        var rates = calibration.Rates();
        return new PadCalibratedReport(
            calibration.Thresholds, PadReport.Rates(rates.All), rates.All.Bpcer?.Rate, PadReport.Cameras(rates), calibration.Test.Count);
    }
}

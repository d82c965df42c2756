namespace EdgeFace.Evaluation;

/// <summary>A presentation and what the detector made of it.</summary>
/// <param name="Presentation">With its truth.</param>
/// <param name="Score">How live it seems, 0..1; null: no response, no face was good enough to be judged.</param>
/// <param name="DeniedBy">What took it for an attack whatever its pictures one by one look like; null where nothing did.</param>
public readonly record struct PadTrial(PadPresentation Presentation, float? Score, string? DeniedBy = null);

/// <summary>Errors of one camera, or of one subject.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Apcer">By species; a species that was not presented here is left out.</param>
/// <param name="Bpcer">Null without a bona fide presentation.</param>
/// <param name="NonResponses">Presentations without an answer.</param>
public sealed record PadGroup(string Name, IReadOnlyDictionary<string, ErrorRate> Apcer, ErrorRate? Bpcer, ErrorRate NonResponses)
{
    /// <summary>The worst species is what a group is measured by (ISO/IEC 30107-3); null without an attack.</summary>
    public double? WorstApcer => Apcer.Count == 0 ? null : Apcer.Values.Max(rate => rate.Rate);
}

/// <summary>
/// Error rates of presentation attack detection after ISO/IEC 30107-3:2023: APCER for each species of instrument, BPCER, and
/// non-responses apart. Rates are over presentations that got a response. No average of APCER and BPCER: it hides the species
/// that gets through.
/// </summary>
/// <param name="Threshold">A score at or above it is taken for bona fide.</param>
/// <param name="All">Over everything.</param>
/// <param name="ByCamera">In the order of their names.</param>
/// <param name="BySubject">In the order of their names.</param>
public sealed record PadRates(double Threshold, PadGroup All, IReadOnlyList<PadGroup> ByCamera, IReadOnlyList<PadGroup> BySubject)
{
    /// <exception cref="EvaluationException">There is no trial.</exception>
    public static PadRates Of(IReadOnlyList<PadTrial> trials, double threshold)
    {
        if (trials.Count == 0) throw new EvaluationException(EvaluationFault.TooFew, "There is no presentation to count.");

        return new PadRates(threshold, Group("", trials, threshold),
            Groups(trials, threshold, presentation => presentation.Camera), Groups(trials, threshold, presentation => presentation.Subject));
    }

    /// <summary>
    /// Where attacks of all species together are taken for bona fide as often as bona fide presentations are refused, and the
    /// threshold there. Of a stretch of thresholds, the middle.
    /// </summary>
    /// <exception cref="EvaluationException">There is no answered trial of one kind.</exception>
    public static (double Eer, double Threshold) EqualErrors(IReadOnlyList<PadTrial> trials)
    {
        var bonaFide = Scores(trials, isBonaFide: true);
        var attacks = Scores(trials, isBonaFide: false);
        if (bonaFide.Length == 0 || attacks.Length == 0)
        {
            throw new EvaluationException(EvaluationFault.TooFew,
                $"{bonaFide.Length} bona fide presentations and {attacks.Length} attacks got a response: rates need at least one of each.");
        }

        double[] steps = [0, .. bonaFide.Concat(attacks).Select(score => (double)score).Distinct().Order(), 1.0000001];
        var best = (Gap: double.MaxValue, Eer: 1.0, Threshold: 0.0);
        for (var i = 1; i < steps.Length; i++)
        {
            var threshold = (steps[i - 1] + steps[i]) / 2;
            var apcer = attacks.Count(score => score >= threshold) / (double)attacks.Length;
            var bpcer = bonaFide.Count(score => score < threshold) / (double)bonaFide.Length;
            if (Math.Abs(apcer - bpcer) < best.Gap) best = (Math.Abs(apcer - bpcer), (apcer + bpcer) / 2, threshold);
        }

        return (best.Eer, best.Threshold);
    }

    /// <summary>
    /// The threshold at which that share of bona fide presentations would be refused, if the logarithms of their odds are normally
    /// distributed as the given ones are: a dozen presentations say where their middle is and how far they spread, and nothing of
    /// their lowest twentieth.
    /// </summary>
    /// <param name="trials">Bona fide ones among them, two or more with a response.</param>
    /// <param name="bpcer">Above 0 and below 1.</param>
    /// <exception cref="EvaluationException">Fewer than two bona fide presentations got a response.</exception>
    public static double ThresholdForBpcer(IReadOnlyList<PadTrial> trials, double bpcer)
    {
        var odds = Array.ConvertAll(Scores(trials, isBonaFide: true), score => LogOdds(score));
        if (odds.Length < 2)
        {
            throw new EvaluationException(EvaluationFault.TooFew,
                $"{odds.Length} bona fide presentations got a response: an operating point needs two at the very least, and some dozens to be worth something.");
        }

        var mean = odds.Average();
        var deviation = Math.Sqrt(odds.Sum(each => (each - mean) * (each - mean)) / (odds.Length - 1));
        return 1 / (1 + Math.Exp(-(mean + NormalDeviate.Of(bpcer) * deviation)));
    }

    /// <summary>Beyond a millionth, a softmax says nothing.</summary>
    static double LogOdds(float score) => Math.Log(Math.Clamp(score, 1e-6, 1 - 1e-6) / (1 - Math.Clamp(score, 1e-6, 1 - 1e-6)));

    static float[] Scores(IEnumerable<PadTrial> trials, bool isBonaFide) =>
        [.. trials.Where(trial => trial.Presentation.IsBonaFide == isBonaFide && trial.Score is not null).Select(trial => trial.Score ?? 0)];

    static List<PadGroup> Groups(IEnumerable<PadTrial> trials, double threshold, Func<PadPresentation, string> nameOf) =>
        [.. trials.Where(trial => nameOf(trial.Presentation) != "").GroupBy(trial => nameOf(trial.Presentation))
            .OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Group(group.Key, [.. group], threshold))];

    static PadGroup Group(string name, IReadOnlyList<PadTrial> trials, double threshold)
    {
        var attacks = trials.Where(trial => !trial.Presentation.IsBonaFide && trial.Score is not null)
            .GroupBy(trial => trial.Presentation.Species).OrderBy(species => species.Key, StringComparer.Ordinal)
            .ToDictionary(species => species.Key, species => new ErrorRate(species.LongCount(trial => trial.Score >= threshold), species.LongCount()));
        var bonaFide = Scores(trials, isBonaFide: true);
        return new PadGroup(name, attacks,
            bonaFide.Length == 0 ? null : new ErrorRate(bonaFide.LongCount(score => score < threshold), bonaFide.Length),
            new ErrorRate(trials.Count(trial => trial.Score is null), trials.Count));
    }
}

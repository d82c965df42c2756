namespace EdgeFace.Evaluation;

/// <summary>
/// What an operating point for each camera gains: of each camera's bona fide presentations some set its threshold, the others and
/// all of its attacks test it. Where a camera saw several people, the people are split; where it saw one, his presentations are,
/// which is the weaker test.
/// </summary>
/// <param name="Thresholds">By camera.</param>
/// <param name="Test">The trials that no threshold was set by.</param>
public sealed record PadCalibration(IReadOnlyDictionary<string, double> Thresholds, IReadOnlyList<PadTrial> Test)
{
    /// <param name="trials">With the names of their cameras.</param>
    /// <param name="bpcer">Wanted, 0..1.</param>
    /// <exception cref="EvaluationException">A camera has fewer than two bona fide presentations to set its threshold by.</exception>
    public static PadCalibration Of(IReadOnlyList<PadTrial> trials, double bpcer)
    {
        var thresholds = new Dictionary<string, double>(StringComparer.Ordinal);
        var test = new List<PadTrial>();
        foreach (var camera in trials.GroupBy(trial => trial.Presentation.Camera).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var bonaFide = camera.Where(trial => trial.Presentation.IsBonaFide).ToArray();
            var people = bonaFide.Select(trial => trial.Presentation.Subject).Distinct().Order(StringComparer.Ordinal).Index()
                .ToDictionary(person => person.Item, person => person.Index, StringComparer.Ordinal);
            var set = new List<PadTrial>();
            foreach (var (index, trial) in bonaFide.Index())
            {
                var sets = people.Count > 1 ? people[trial.Presentation.Subject] % 2 == 0 : index % 2 == 0;
                (sets ? set : test).Add(trial);
            }

            test.AddRange(camera.Where(trial => !trial.Presentation.IsBonaFide));
            thresholds[camera.Key] = PadRates.ThresholdForBpcer(set, bpcer);
        }

        return new PadCalibration(thresholds, test);
    }

    /// <summary>The test's trials at their cameras' thresholds: at or above becomes 1, below 0.</summary>
    public PadRates Rates() => PadRates.Of(
        [.. Test.Select(trial => trial with
        {
            Score = trial.Score is { } score ? score >= Thresholds[trial.Presentation.Camera] ? 1 : 0 : null,
        })], threshold: 0.5);
}

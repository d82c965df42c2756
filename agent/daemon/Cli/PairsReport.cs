using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>What `evaluate pairs` writes. Rates are 0..1, similarities -1..1.</summary>
/// <param name="Accuracy">Mean over the folds, each judged with the threshold that was best on the others.</param>
/// <param name="AccuracyStandardError">Of that mean.</param>
/// <param name="Threshold">Mean of those thresholds.</param>
/// <param name="Eer">Equal error rate.</param>
/// <param name="EerThreshold">The similarity at it.</param>
/// <param name="FnmrAtFmr">By FMR "1e-2" to "1e-6"; null where the impostor pairs do not reach down to it.</param>
/// <param name="ThresholdsAtFmr">The similarities at which they were measured.</param>
/// <param name="EvidenceAtFmr">Counts and intervals behind them.</param>
/// <param name="GenuinePairs">Comparisons of one person.</param>
/// <param name="ImpostorPairs">Comparisons of two people.</param>
/// <param name="FailuresToAcquire">Pictures that gave no face.</param>
/// <param name="Folds">What each fold came to.</param>
/// <param name="Model">The space that the vectors live in.</param>
/// <param name="Detector">Card id.</param>
/// <param name="Landmarks">Card id.</param>
/// <param name="Identities">
/// What the rates but the accuracy were counted over: "folders" is every picture with every other one, whom it shows
/// being the name of its folder; "listed_pairs" is the list alone, where the folders say something else.
/// </param>
/// <param name="ListedPairs">Pairs that the accuracy was counted over.</param>
/// <param name="Pictures">Different pictures of the list.</param>
/// <param name="TimingMs">Median of each stage, on one thread, with as many running as there are workers.</param>
/// <param name="Workers">How many there were.</param>
/// <param name="Seconds">How long the run took.</param>
sealed record PairsReport(
    double Accuracy,
    double AccuracyStandardError,
    double Threshold,
    double Eer,
    double EerThreshold,
    IReadOnlyDictionary<string, double?> FnmrAtFmr,
    IReadOnlyDictionary<string, double?> ThresholdsAtFmr,
    IReadOnlyDictionary<string, RateEvidence?> EvidenceAtFmr,
    long GenuinePairs,
    long ImpostorPairs,
    IReadOnlyList<string> FailuresToAcquire,
    IReadOnlyList<FoldAccuracy> Folds,
    string? Model = null,
    string? Detector = null,
    string? Landmarks = null,
    string? Identities = null,
    int ListedPairs = 0,
    int Pictures = 0,
    StageTimes TimingMs = default,
    int Workers = 0,
    double? Seconds = null)
{
    // The report names 1e-2 to 1e-6; one in ten is no rate for a door.
    const double HighestFmr = 1e-2;

    public static PairsReport Of(TenFold accuracy, VerificationRates rates, IReadOnlyList<string> failuresToAcquire)
    {
        var table = RateTable.Of(rates.AtFmr, HighestFmr);
        return new PairsReport(
            accuracy.Accuracy, accuracy.StandardError, accuracy.Threshold,
            rates.Eer, rates.EerThreshold,
            table.FalseNegatives, table.Thresholds, table.Evidence,
            rates.GenuinePairs, rates.ImpostorPairs,
            failuresToAcquire, accuracy.Folds);
    }
}

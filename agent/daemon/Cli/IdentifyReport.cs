using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>
/// What `evaluate identify` writes: a search over everyone enrolled, asked by them and by strangers. Rates are 0..1.
/// </summary>
/// <param name="Rank1">Share of the enrolled people's searches in which they come first.</param>
/// <param name="FnirAtFpir">By FPIR "1e-1" to "1e-3"; null where the strangers do not reach down to it.</param>
/// <param name="ThresholdsAtFpir">The similarities at which they were measured.</param>
/// <param name="EvidenceAtFpir">Counts and intervals behind them.</param>
/// <param name="Subjects">How many people are enrolled: the rates hold for a gallery of this size.</param>
/// <param name="MatedProbes">Searches by enrolled people.</param>
/// <param name="NonMatedProbes">Searches by strangers.</param>
/// <param name="FailuresToAcquire">
/// Pictures that gave no face. An enrolled person's search with one is a miss at every threshold, also where it was
/// his only enrolled picture that gave none (ISO/IEC 19795-1: failures raise FNIR); a stranger's is not counted.
/// </param>
/// <param name="Model">The space that the vectors live in.</param>
/// <param name="Detector">Card id.</param>
/// <param name="Landmarks">Card id.</param>
/// <param name="Templates">Enrolled vectors.</param>
/// <param name="TimingMs">Median of each stage, on one thread, with as many running as there are workers.</param>
/// <param name="SearchMs">Median of a search of the gallery on one thread.</param>
/// <param name="Workers">How many there were.</param>
/// <param name="Seconds">How long the run took.</param>
sealed record IdentifyReport(
    double Rank1,
    IReadOnlyDictionary<string, double?> FnirAtFpir,
    IReadOnlyDictionary<string, double?> ThresholdsAtFpir,
    IReadOnlyDictionary<string, RateEvidence?> EvidenceAtFpir,
    int Subjects,
    long MatedProbes,
    long NonMatedProbes,
    IReadOnlyList<string> FailuresToAcquire,
    string? Model = null,
    string? Detector = null,
    string? Landmarks = null,
    int Templates = 0,
    StageTimes TimingMs = default,
    double? SearchMs = null,
    int Workers = 0,
    double? Seconds = null)
{
    public static IdentifyReport Of(IdentificationRates rates, int subjects, IReadOnlyList<string> failuresToAcquire)
    {
        var table = RateTable.Of(rates.AtFpir, highest: 1);
        return new IdentifyReport(
            rates.Rank1,
            table.FalseNegatives, table.Thresholds, table.Evidence,
            subjects, rates.MatedProbes, rates.NonMatedProbes, failuresToAcquire);
    }
}

using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>A row of the test's plan: what was presented, as it was carried out.</summary>
/// <param name="Species">Of the attack; null: living people.</param>
/// <param name="Subjects">How many people.</param>
/// <param name="Least">Presentations of the subject with the fewest.</param>
/// <param name="Most">Of the one with the most.</param>
/// <param name="NonResponses">Presentations that got no answer, among all of the row.</param>
sealed record PadPlanRow(string? Species, int Subjects, int Least, int Most, ErrorRate NonResponses);

/// <summary>All that a report of a test says.</summary>
sealed record PadTest(
    PadRates Rates, IReadOnlyList<PadPlanRow> Plan, RateClaim Claim, ModelCard Model, string Device, string List, string ListDigest,
    DateTimeOffset At, (double Rate, double Threshold)? EqualErrors, byte[]? DetPng)
{
    /// <exception cref="EvaluationException">There is no presentation.</exception>
    public static PadTest Of(
        IReadOnlyList<PadTrial> trials, double threshold, RateClaim claim, ModelCard model, string list, DateTimeOffset at)
    {
        var hasBoth = trials.Where(trial => trial.Score is not null).Select(trial => trial.Presentation.IsBonaFide).Distinct().Count() == 2;
        return new PadTest(
            PadRates.Of(trials, threshold), PlanOf(trials), claim, model,
            $"{Environment.MachineName}, {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
            Path.GetFileName(list), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(list))), at,
            hasBoth ? PadRates.EqualErrors(trials) : null,
            hasBoth ? new DetPlot("Attacks and living people", "APCER", "BPCER").Png([new DetSeries(model.Id, PadReport.Curve(trials))]) : null);
    }

    /// <summary>Of the species that gets through most often; null without an attack that got an answer.</summary>
    public (string Species, ErrorRate Rate)? Worst => Rates.All.Apcer.Count == 0 ? null
        : Rates.All.Apcer.OrderByDescending(species => species.Value.Rate).ThenByDescending(species => species.Value.Interval().High)
            .Select(species => (species.Key, species.Value)).First();

    public string Headline =>
        (Worst is var (species, rate) ? $"APCER {Percent(rate)} ({species}, the worst species)" : "APCER: no attack was presented")
        + (Rates.All.Bpcer is { } bpcer ? $"; BPCER {Percent(bpcer)}" : "; BPCER: no living person was presented")
        + $"; non-responses {Percent(Rates.All.NonResponses)}";

    public static string Percent(ErrorRate rate) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * rate.Rate:0.##} % (95 %: {100 * rate.Interval().Low:0.##} to {100 * rate.Interval().High:0.##} %)");

    static List<PadPlanRow> PlanOf(IReadOnlyList<PadTrial> trials) =>
        [.. trials.GroupBy(trial => trial.Presentation.IsBonaFide ? "" : trial.Presentation.Species).OrderBy(row => row.Key, StringComparer.Ordinal)
            .Select(row =>
            {
                var subjects = row.GroupBy(trial => trial.Presentation.Subject).Select(subject => subject.Count()).ToArray();
                return new PadPlanRow(
                    row.Key.Length == 0 ? null : row.Key, subjects.Length, subjects.Min(), subjects.Max(),
                    new ErrorRate(row.Count(trial => trial.Score is null), row.Count()));
            })];
}

using System.CommandLine;
using EdgeFace.Inference;
using EdgeFace.Matching;

namespace EdgeFace.Cli;

/// <summary>The options that say from which similarity on two faces are one person's.</summary>
sealed class ThresholdChoice
{
    const double FmrUsual = ThresholdTable.SearchFmrMost;
    const double FpirUsual = 1e-2;

    readonly Option<double?>? _fmr;
    readonly Option<double?>? _fpir;
    readonly Option<float?> _threshold = new("--threshold")
    {
        Description = "Cosine similarity, -1 to 1, instead of an error rate. Nobody vouches for it.",
        HelpName = "X",
    };

    ThresholdChoice(Command command, Option<double?>? fmr, Option<double?>? fpir)
    {
        (_fmr, _fpir) = (fmr, fpir);
        foreach (var rate in new[] { fmr, fpir }.OfType<Option<double?>>())
        {
            rate.Validators.Add(result =>
            {
                if (result.Errors.Any() || result.GetValueOrDefault<double?>() is > 0 and < 1) return;

                result.AddError($"{rate.Name} takes a rate above 0 and below 1.");
            });
            command.Options.Add(rate);
        }

        _threshold.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<float?>() is >= -1 and <= 1) return;

            result.AddError("--threshold takes a cosine from -1 to 1.");
        });
        command.Options.Add(_threshold);
    }

    /// <summary>For one comparison: --fmr and --threshold.</summary>
    public static ThresholdChoice OfComparison(Command command) => new(
        command,
        new("--fmr") { Description = $"False match rate to keep to; {FmrUsual:0.####} when not said.", HelpName = "X" },
        fpir: null);

    /// <summary>For a search among everybody enrolled: --fpir and --threshold.</summary>
    public static ThresholdChoice OfSearch(Command command) => new(
        command,
        fmr: null,
        new("--fpir")
        {
            Description = $"False positive identification rate among the gallery's templates; when not said {FpirUsual:0.##}, "
                + "or the least that was measured. Never looser than FMR "
                + $"{ThresholdTable.SearchFmrMost:0.####} of one comparison.",
            HelpName = "X",
        });

    /// <exception cref="ThresholdException">The model was not measured at the rate that was asked for.</exception>
    public Threshold ForComparison(ParseResult parse, ModelCard embedder) =>
        Given(parse, embedder)
        ?? new ThresholdTable(embedder).ForFmr((_fmr is null ? null : parse.GetValue(_fmr)) ?? FmrUsual);

    /// <summary>
    /// A rate that was asked for is kept to or refused; the usual one gives way to what the evidence supports, and says
    /// so. Neither is ever looser than <see cref="ThresholdTable.SearchFmrMost"/>.
    /// </summary>
    /// <param name="parse">What was asked for.</param>
    /// <param name="embedder">Whose measurements count.</param>
    /// <param name="templates">That one search is compared with.</param>
    /// <param name="error">Where it is said that the usual rate is not reached.</param>
    /// <exception cref="ThresholdException">The model was not measured at the rate that was asked for.</exception>
    public Threshold ForSearch(ParseResult parse, ModelCard embedder, int templates, TextWriter error)
    {
        if (Given(parse, embedder) is { } given) return given;

        templates = Math.Max(1, templates);
        var table = new ThresholdTable(embedder);
        if (_fpir is not null && parse.GetValue(_fpir) is { } asked) return table.ForSearch(asked, templates);
        if (table.Strictest is not { } strictest
            || (strictest.FpirAt(templates) <= FpirUsual && strictest.Fmr <= ThresholdTable.SearchFmrMost))
        {
            return table.ForSearch(FpirUsual, templates);
        }

        error.WriteLine(
            $"edgeface: among {templates} templates a stranger is taken for somebody in about "
            + $"{strictest.FpirAt(templates):P1} of searches, where {FpirUsual:P0} and FMR "
            + $"{ThresholdTable.SearchFmrMost:0.####} of one comparison are aimed at: {strictest.Model} was not measured "
            + $"below FMR {strictest.Fmr:G3}.");
        return strictest;
    }

    /// <summary>The rates at a similarity that was merely said are unknown: not a number.</summary>
    Threshold? Given(ParseResult parse, ModelCard embedder) => parse.GetValue(_threshold) is { } similarity
        ? new Threshold(embedder.ModelId, similarity, double.NaN, double.NaN, ImpostorPairs: 0)
        : null;
}

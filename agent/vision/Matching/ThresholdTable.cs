using EdgeFace.Inference;

namespace EdgeFace.Matching;

/// <summary>
/// Chooses thresholds among a model's measured operating points. Between two points the similarity is linear in the logarithm
/// of the false match rate; beyond the strictest there is nothing to choose. A point counts only if it rests on at least
/// 3 / FMR impostor pairs; see <see cref="Threshold.Supports"/>.
/// </summary>
public sealed class ThresholdTable
{
    /// <summary>
    /// No search is held looser, however few templates there are: in a gallery of one, FPIR 1 % alone would let the door
    /// take one stranger in a hundred for its owner, and a comparison on its own is held to this rate too.
    /// </summary>
    public const double SearchFmrMost = 1e-4;

    // A rate that was computed from another may miss a measured one by roundings.
    const double Rounding = 1e-9;

    readonly ModelId _model;
    readonly Threshold[] _points;

    /// <param name="card">Of an embedder. Without measured points the table stands, and refuses every question.</param>
    /// <exception cref="ModelException">A stricter point has the lower similarity: the card contradicts itself.</exception>
    public ThresholdTable(ModelCard card)
    {
        _model = card.ModelId;
        _points = [.. (card.Operating ?? [])
            .Select(point => new Threshold(_model, point.Similarity, point.Fmr, point.Fnmr, point.ImpostorPairs))
            .Where(point => point.Fmr > 0 && point.Supports(point.Fmr))
            .OrderByDescending(point => point.Fmr)];
        for (var i = 1; i < _points.Length; i++)
        {
            if (_points[i].Similarity < _points[i - 1].Similarity) throw Contradiction(_points[i - 1], _points[i]);
        }
    }

    /// <summary>The strictest point that its impostor pairs support; null when there is none.</summary>
    public Threshold? Strictest => _points is [.., var last] ? last : null;

    /// <summary>The threshold for one comparison.</summary>
    /// <param name="fmr">False match rate to keep to, above 0 and below 1. Above the loosest point, that point answers.</param>
    /// <returns>Between two points, with the FNMR and the impostor pairs of the stricter one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not between 0 and 1.</exception>
    /// <exception cref="ThresholdException">The measurements do not reach so far down.</exception>
    public Threshold ForFmr(double fmr)
    {
        Check(fmr, nameof(fmr));
        return At(fmr) ?? throw new ThresholdException(
            Strictest is { } strictest
                ? $"FMR {fmr:G3} was asked for; {Reach(strictest)}. Ask for FMR {strictest.Fmr:G3} or more, or {Measure(fmr)}."
                : Unmeasured(fmr));
    }

    /// <summary>
    /// The threshold for a search among many: a stranger is compared with every template, so for FPIR f among n the rate of
    /// one comparison may be 1 - (1 - f)^(1/n) at most (ISO/IEC 19795-1).
    /// </summary>
    /// <param name="fpir">False positive identification rate to keep to, above 0 and below 1.</param>
    /// <param name="templates">In the gallery, 1 or more; of each subject there may be several.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not between 0 and 1, or there is no template.</exception>
    /// <exception cref="ThresholdException">The measurements do not reach so far down.</exception>
    public Threshold ForFpir(double fpir, int templates)
    {
        Check(fpir, nameof(fpir));
        ArgumentOutOfRangeException.ThrowIfLessThan(templates, 1);
        return At(FmrNeeded(fpir, templates)) ?? throw new ThresholdException(Excess(fpir, templates));
    }

    /// <summary>How many templates the measurements carry a search among; 0: not even one.</summary>
    /// <param name="fpir">False positive identification rate to keep to, above 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not between 0 and 1.</exception>
    public int TemplatesMost(double fpir)
    {
        Check(fpir, nameof(fpir));
        return Strictest is { } strictest ? (int)Math.Min(int.MaxValue, Carried(fpir, strictest)) : 0;
    }

    /// <summary>Why a search among so many is not carried, with what helps.</summary>
    internal string Excess(double fpir, int templates)
    {
        var fmr = FmrNeeded(fpir, templates);
        var needs = $"FPIR {fpir:G3} among {templates} templates needs FMR {fmr:G3}";
        return Strictest is { } strictest
            ? $"{needs}; {Reach(strictest)}. {Ways(fpir, templates, strictest)}, or {Measure(fmr)}."
            : $"{needs}. {Unmeasured(fmr)}";
    }

    /// <summary>The stricter one of <see cref="ForFpir"/> and FMR <see cref="SearchFmrMost"/>.</summary>
    /// <inheritdoc cref="ForFpir"/>
    public Threshold ForSearch(double fpir, int templates)
    {
        var threshold = ForFpir(fpir, templates);
        return threshold.Fmr <= SearchFmrMost ? threshold : ForFmr(SearchFmrMost);
    }

    /// <summary>log(1 - rate) as -2 artanh(rate / (2 - rate)): the plain form loses the digits of a small rate.</summary>
    static double LogOfOneLess(double rate) => -2 * Math.Atanh(rate / (2 - rate));

    /// <summary>1 - (1 - fpir)^(1/templates); 1 - exp x is written as -2t / (1 - t), t = tanh(x/2), for the same reason.</summary>
    static double FmrNeeded(double fpir, int templates)
    {
        var t = Math.Tanh(LogOfOneLess(fpir) / templates / 2);
        return -2 * t / (1 - t);
    }

    Threshold? At(double fmr)
    {
        var stricter = Array.FindIndex(_points, point => point.Fmr <= fmr * (1 + Rounding));
        if (stricter < 0) return null;

        var below = _points[stricter];
        if (stricter == 0 || below.Fmr >= fmr * (1 - Rounding)) return below;

        var above = _points[stricter - 1];
        var share = Math.Log10(above.Fmr / fmr) / Math.Log10(above.Fmr / below.Fmr);
        var similarity = above.Similarity + share * (below.Similarity - above.Similarity);
        return below with { Similarity = (float)similarity, Fmr = fmr };
    }

    static void Check(double rate, string name)
    {
        if (!(rate > 0 && rate < 1))
            throw new ArgumentOutOfRangeException(name, rate, "An error rate lies above 0 and below 1.");
    }

    ModelException Contradiction(Threshold looser, Threshold stricter) => new(
        ModelFault.BadCard,
        $"The card of {_model} puts FMR {stricter.Fmr:G3} at similarity {stricter.Similarity:G4} and the looser "
        + $"{looser.Fmr:G3} at {looser.Similarity:G4}: correct its operating points.");

    string Reach(Threshold strictest) =>
        $"the strictest that {_model} was measured at is FMR {strictest.Fmr:G3} (similarity {strictest.Similarity:G4}, "
        + $"{strictest.ImpostorPairs} impostor pairs)";

    /// <summary>With three digits, and not below: whoever enters it has enough.</summary>
    static double Above(double rate)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(rate)) - 2);
        return Math.Ceiling(rate / unit * (1 - Rounding)) * unit;
    }

    static double Carried(double fpir, Threshold strictest) =>
        Math.Floor(LogOfOneLess(fpir) / LogOfOneLess(strictest.Fmr) * (1 + Rounding));

    static string Ways(double fpir, int templates, Threshold strictest)
    {
        var most = Carried(fpir, strictest);
        var accept = $"accept FPIR {Above(strictest.FpirAt(templates)):G3}";
        return most < 1 ? $"To go on, {accept}" : $"Keep to {most} templates, {accept}";
    }

    string Unmeasured(double fmr) =>
        $"{_model} has no operating point on its card that rests on 3 / FMR impostor pairs: {Measure(fmr)}.";

    static string Measure(double fmr) =>
        $"measure the model on {Math.Ceiling(3 / fmr):F0} impostor pairs or more and enter the point on its card";
}

using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Evaluation;
using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>What a quantised model loses, in points: hundredths of what is measured.</summary>
/// <param name="Measure">What that is.</param>
/// <param name="Points">How much; below 0 it gains.</param>
/// <param name="Pictures">That it was measured on.</param>
/// <param name="Agreement">More of what was seen, by name.</param>
sealed record QuantizationCost(string Measure, double Points, int Pictures, IReadOnlyDictionary<string, double>? Agreement = null)
{
    /// <summary>From this intersection over union on two boxes are on one face.</summary>
    const float SameFace = 0.5f;

    /// <summary>What a model may lose when nothing is said.</summary>
    public static double MarginUsual(ModelKind kind) => kind switch
    {
        // Accuracy on pairs: three pairs of LFW's thousand, somewhat more than the standard error of such an accuracy.
        ModelKind.Embedding => 0.3,
        // Mean distance of the points by that of the outer eye corners: a tenth of what counts as failed (10 points).
        ModelKind.Landmarks68 => 1,
        // One face, or one verdict, in fifty.
        _ => 2,
    };

    /// <summary>How far a detector, landmark or liveness model agrees with the float one on pictures.</summary>
    /// <param name="float">The float model.</param>
    /// <param name="quantized">The quantised one.</param>
    /// <param name="pictures">None of the calibration pictures.</param>
    /// <param name="step">Called after each.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="EvaluationException">No picture has a face.</exception>
    public static QuantizationCost OfAgreement(
        ModelStage @float, ModelStage quantized, IReadOnlyList<string> pictures, Action step, CancellationToken stop)
    {
        var both = new List<(StageResult Float, StageResult Quantized)>();
        foreach (var file in pictures)
        {
            stop.ThrowIfCancellationRequested();
            using var frame = PictureReader.Read(file);
            if (@float.Look(frame) is { } one && quantized.Look(frame) is { } other) both.Add((one, other));
            step();
        }

        if (!both.Any(pair => pair.Float.Boxes.Length > 0))
            throw new EvaluationException(EvaluationFault.TooFew, $"None of {pictures.Count} pictures has a face: there is nothing to compare.");

        return @float.Model.Card.Kind switch
        {
            ModelKind.Landmarks68 => OfPoints(both),
            ModelKind.Liveness => OfVerdicts(both),
            _ => OfBoxes(both),
        };
    }

    static QuantizationCost OfBoxes(List<(StageResult Float, StageResult Quantized)> both)
    {
        var (faces, found, others, overlap) = (0, 0, 0, 0.0);
        foreach (var (one, other) in both)
        {
            faces += one.Boxes.Length;
            foreach (var box in one.Boxes)
            {
                var best = other.Boxes.Select(candidate => candidate.IntersectionOverUnion(box)).DefaultIfEmpty().Max();
                if (best < SameFace) continue;

                found++;
                overlap += best;
            }

            others += other.Boxes.Count(box => !one.Boxes.Any(known => known.IntersectionOverUnion(box) >= SameFace));
        }

        return new QuantizationCost(
            "the float model's faces that it does not find, and those that only it finds (IoU 0.5), by the float model's faces",
            100.0 * (faces - found + others) / faces, both.Count, new Dictionary<string, double>
            {
                ["faces"] = faces,
                ["recall"] = (double)found / faces,
                ["extra"] = others,
                ["mean_iou"] = found == 0 ? 0 : overlap / found,
            });
    }

    static QuantizationCost OfPoints(List<(StageResult Float, StageResult Quantized)> both)
    {
        double[] apart = [.. both.Where(pair => pair.Float.Points is not null && pair.Quantized.Points is not null)
            .Select(pair => LandmarkErrors.Normalised(
                pair.Quantized.Points.GetValueOrDefault(), pair.Float.Points.GetValueOrDefault())).Order()];
        return new QuantizationCost(
            "mean distance of its 68 points from the float model's, by that of the outer eye corners",
            100 * apart.Average(), apart.Length, new Dictionary<string, double>
            {
                ["median_distance"] = apart[apart.Length / 2],
                ["largest_distance"] = apart[^1],
            });
    }

    static QuantizationCost OfVerdicts(List<(StageResult Float, StageResult Quantized)> both)
    {
        var limit = new AccessOptions(new()).LivenessMin;
        (float Float, float Quantized)[] scores = [.. both.Where(pair => pair.Float.Live is not null && pair.Quantized.Live is not null)
            .Select(pair => (pair.Float.Live.GetValueOrDefault(), pair.Quantized.Live.GetValueOrDefault()))];
        var changed = scores.Count(pair => pair.Float >= limit != pair.Quantized >= limit);
        return new QuantizationCost(
            FormattableString.Invariant($"faces that it judges otherwise than the float model at a door's usual limit, {limit}"),
            100.0 * changed / scores.Length, scores.Length, new Dictionary<string, double>
            {
                ["changed"] = changed,
                ["more_live"] = scores.Count(pair => pair.Float < limit && pair.Quantized >= limit),
                ["mean_difference"] = scores.Average(pair => Math.Abs(pair.Float - pair.Quantized)),
                ["largest_difference"] = scores.Max(pair => Math.Abs(pair.Float - pair.Quantized)),
            });
    }
}

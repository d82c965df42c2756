using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>What `evaluate detect` writes for one model card.</summary>
/// <param name="Card">The card's id.</param>
/// <param name="Recall">Share of the marked faces that were found, 0..1.</param>
/// <param name="Precision">Share of the boxes that were on faces, 0..1.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve of all scores, 0..1.</param>
/// <param name="Iou">Intersection over union from which a box is on a face.</param>
/// <param name="Faces">Marked faces without the ignored ones.</param>
/// <param name="Detected">Faces that a box was on.</param>
/// <param name="FalseAlarms">Boxes that were on none.</param>
/// <param name="Ignored">Boxes in ignored regions: neither hits nor false alarms.</param>
/// <param name="Pictures">How many were looked at.</param>
/// <param name="RecallInterval">Where the recall lies with 95 % confidence.</param>
/// <param name="PrecisionInterval">Where the precision lies with 95 % confidence.</param>
/// <param name="ScoreMin">Least score of the boxes that recall and precision count.</param>
/// <param name="LandmarkFaces">Marked faces with 68 points.</param>
/// <param name="LandmarkRecall">
/// Share of them that were found and whose points have a normalised mean error of at most 0.10; null without any.
/// </param>
/// <param name="LandmarkNmeMedian">Median error of those found; null without any.</param>
/// <param name="DetectMs">Median time of a picture from pixels to boxes, on one thread.</param>
/// <param name="Seconds">How long the run took.</param>
sealed record DetectReport(
    string Card,
    double Recall,
    double Precision,
    double AveragePrecision,
    double Iou,
    int Faces,
    int Detected,
    int FalseAlarms,
    int Ignored,
    int Pictures,
    RateInterval? RecallInterval = null,
    RateInterval? PrecisionInterval = null,
    double? ScoreMin = null,
    int LandmarkFaces = 0,
    double? LandmarkRecall = null,
    double? LandmarkNmeMedian = null,
    double? DetectMs = null,
    double? Seconds = null)
{
    public static DetectReport Of(string card, DetectionRates rates, int pictures) => new(
        card, rates.Recall, rates.Precision, rates.AveragePrecision, rates.Iou,
        rates.Faces, rates.Detected, rates.FalseAlarms, rates.Ignored, pictures,
        Interval(rates.Detected, rates.Faces), Interval(rates.Detected, rates.Detected + rates.FalseAlarms));

    static RateInterval? Interval(int hits, int trials) => trials == 0 ? null : new ErrorRate(hits, trials).Interval();
}

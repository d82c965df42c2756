using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>What `evaluate detect` writes for one model card.</summary>
/// <param name="Card">The card's id.</param>
/// <param name="Recall">Share of the marked faces that were found, 0..1.</param>
/// <param name="Precision">Share of the boxes that were on faces, 0..1.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve, 0..1.</param>
/// <param name="Iou">Intersection over union from which a box is on a face.</param>
/// <param name="Faces">Marked faces without the ignored ones.</param>
/// <param name="Detected">Faces that a box was on.</param>
/// <param name="FalseAlarms">Boxes that were on none.</param>
/// <param name="Ignored">Boxes in ignored regions: neither hits nor false alarms.</param>
/// <param name="Pictures">How many were looked at.</param>
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
    double? Seconds = null)
{
    public static DetectReport Of(string card, DetectionRates rates, int pictures) => new(
        card, rates.Recall, rates.Precision, rates.AveragePrecision, rates.Iou,
        rates.Faces, rates.Detected, rates.FalseAlarms, rates.Ignored, pictures);
}

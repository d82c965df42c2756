using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Detection;

/// <summary>What counts as a face.</summary>
/// <param name="ScoreMin">Least score of the detector, its own scale 0..1.</param>
/// <param name="OverlapMax">Two boxes that share more than this (intersection over union) are one face.</param>
/// <param name="FacesMax">Most faces of one picture; the ones with the best scores stay.</param>
public sealed record DetectionOptions(
    [property: Range(0.05, 0.99)] double ScoreMin = 0.6,
    [property: Range(0.1, 0.9)] double OverlapMax = 0.4,
    [property: Range(1, 256)] int FacesMax = 64);

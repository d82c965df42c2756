using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Detection;

/// <summary>What counts as a face.</summary>
/// <param name="ScoreMin">Least score of the detector, its own scale 0..1.</param>
/// <param name="OverlapMax">Two boxes that share more than this (intersection over union) are one face.</param>
/// <param name="FacesMax">Most faces of one picture; the ones with the best scores stay.</param>
/// <param name="Zoom">
/// Looks at the whole picture and, where it is fine enough, at so many times so many overlapping parts of it too: 2 finds
/// faces half as large at five times the price. 1 is the whole picture alone, as a door looks at it.
/// </param>
public sealed record DetectionOptions(
    [property: Range(0.05, 0.99)] double ScoreMin = 0.6,
    [property: Range(0.1, 0.9)] double OverlapMax = 0.4,
    [property: Range(1, 256)] int FacesMax = 64,
    [property: Range(1, 4)] int Zoom = 1);

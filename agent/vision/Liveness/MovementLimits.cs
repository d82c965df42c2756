using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Liveness;

/// <summary>
/// How much of a movement counts as one, against the same person at rest a moment before. The figures are what people can easily
/// do and what they do not do by chance; none was fitted to a recording.
/// </summary>
/// <param name="TurnDegrees">To either side. Necks turn by 70; six points tell it to a few degrees, and a glance at a display is 5 to 10.</param>
/// <param name="LiftDegrees">Upwards.</param>
/// <param name="EyeShare">
/// Of the opening at rest, below which eyes are shut. Open eyes have an aspect ratio near 0.3 and shut ones one below 0.2
/// (Soukupova and Cech, 2016), two thirds of it; points that are only half sure of the lid must do as well.
/// </param>
/// <param name="BlinkSecondsMax">
/// Whoever keeps his eyes shut for longer, or looks down, has not blinked. A blink takes 0.1 to 0.4 s, one on demand longer.
/// </param>
/// <param name="MouthOpening">
/// Over the opening at rest, as a share of the distance of the eyes: at 63 mm, the adult mean, nearly 13 mm, about what a finger needs.
/// Speech mostly stays below.
/// </param>
/// <param name="CloserRatio">By how much the face must grow: from an arm's length and a half to a good arm's length.</param>
/// <param name="HoldSeconds">So long somebody must look straight and hold still to be at rest.</param>
public sealed record MovementLimits(
    [property: Range(8, 45)] float TurnDegrees = 15,
    [property: Range(8, 45)] float LiftDegrees = 15,
    [property: Range(0.3, 0.9)] double EyeShare = 0.75,
    [property: Range(0.2, 3)] double BlinkSecondsMax = 0.8,
    [property: Range(0.1, 0.6)] double MouthOpening = 0.2,
    [property: Range(1.1, 3)] double CloserRatio = 1.25,
    [property: Range(0.1, 3)] double HoldSeconds = 0.4);

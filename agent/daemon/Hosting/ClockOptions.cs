using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Hosting;

/// <summary>When the wall clock is believed.</summary>
/// <param name="JumpSecondsMax">How far the wall clock may run away from the monotonic one between two looks.</param>
/// <param name="AheadDaysMax">How far after the last time that was believed a start may be: a device may have lain in a drawer.</param>
sealed record ClockOptions(
    [property: Range(1, 3600)] double JumpSecondsMax = 60,
    [property: Range(1, 3650)] double AheadDaysMax = 400);

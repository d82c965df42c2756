using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Delivery;

/// <summary>Which gallery a device takes, and how patiently.</summary>
/// <param name="Gallery">Its name; a push of another one is refused.</param>
/// <param name="StagedMegabytesMax">Of chunks that wait for the rest of their push.</param>
/// <param name="MissingSeconds">Silence after which missing chunks are asked for; doubled each time in vain.</param>
/// <param name="MissingSecondsMax">The longest such pause.</param>
/// <param name="UnconfirmedHoursMax">Without a head that confirms what is in force, after which it is said that somebody may keep pushes back.</param>
sealed record GalleryIntakeOptions(
    string Gallery = "main",
    [property: Range(1, 1024)] int StagedMegabytesMax = 64,
    [property: Range(1, 3600)] int MissingSeconds = 5,
    [property: Range(1, 86_400)] int MissingSecondsMax = 600,
    [property: Range(1, 8_760)] int UnconfirmedHoursMax = 24);

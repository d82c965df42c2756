using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Hosting;

/// <summary>What a device is connected with. A door needs none of it, and goes on without.</summary>
/// <param name="Trust">File with the keys that may sign, beside the profile or as a full path; later sets arrive signed.</param>
/// <param name="Gallery">Name of the gallery that it takes pushes of.</param>
sealed record CloudOptions(
    string Trust,
    [property: RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")] string Gallery = "main");

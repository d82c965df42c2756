namespace EdgeFace.Hub.Fleet;

/// <summary>The gallery that devices get unless another is said.</summary>
sealed record DefaultGallery(string Name);

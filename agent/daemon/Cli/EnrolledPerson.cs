namespace EdgeFace.Cli;

/// <summary>What <c>enroll</c> writes of a person.</summary>
/// <param name="Name">As it was given or found.</param>
/// <param name="Result">
/// "enrolled"; "duplicate": the face is somebody else's already; "refused": no file can be enrolled.
/// </param>
/// <param name="Subject">Who was enrolled, or who bears the face already; null when refused.</param>
/// <param name="Samples">Faces that were good enough.</param>
/// <param name="Templates">That the subject now has of this model.</param>
/// <param name="Similarity">Of a duplicate, to the face that is known.</param>
sealed record EnrolledPerson(
    string Name, string Result, string? Subject, int Samples, int Templates, float? Similarity);

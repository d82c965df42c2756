namespace EdgeFace.Cli;

/// <summary>What <c>enroll</c> writes of a person.</summary>
/// <param name="Name">As it was given or found.</param>
/// <param name="Result">
/// "enrolled"; "duplicate": the face is somebody else's already; "not_one_person": the faces are not alike enough;
/// "refused": no file can be enrolled.
/// </param>
/// <param name="Subject">Who was enrolled, who bears the face already, or who bears the name; null for nobody.</param>
/// <param name="Samples">Faces that were good enough.</param>
/// <param name="Templates">That the subject now has of this model.</param>
/// <param name="Similarity">Of a duplicate, to the face that is known; of not one person, of the nearest stranger.</param>
sealed record EnrolledPerson(
    string Name, string Result, string? Subject, int Samples, int Templates, float? Similarity);

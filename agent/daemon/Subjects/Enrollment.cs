using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Subjects;

/// <summary>One picture's worth of a face that is to be enrolled.</summary>
/// <param name="Embedding">The vector, with its model.</param>
/// <param name="Quality">Of the picture, 0..1.</param>
/// <param name="CapturedAt">When it was taken.</param>
readonly record struct EnrollmentSample(Embedding Embedding, float Quality, DateTimeOffset CapturedAt);

/// <summary>Who is to be enrolled, and with what. Its text is empty of both.</summary>
/// <param name="Name">A new name makes a new subject; a known one adds templates to its subject.</param>
/// <param name="Consent">
/// To what the person agreed; null when nobody recorded it: of a known subject it then stays as it is.
/// </param>
/// <param name="Samples">One to 100, all of one model.</param>
/// <param name="Groups">Of a new subject; of a known one they stay as they are when this is null.</param>
/// <param name="ValidFrom">Of a known subject it stays as it is when this is null.</param>
/// <param name="ValidUntil">Of a known subject it stays as it is when this is null.</param>
sealed record Enrollment(
    string Name,
    Consent? Consent,
    IReadOnlyList<EnrollmentSample> Samples,
    IReadOnlyList<string>? Groups = null,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null)
{
    public const int SamplesMax = 100;

    public override string ToString() => $"Enrollment of {Samples.Count} samples";

    /// <exception cref="ArgumentException">
    /// No samples or too many, of several models, or a quality outside 0..1.
    /// </exception>
    public void CheckSamples()
    {
        if (Samples.Count is < 1 or > SamplesMax)
            throw new ArgumentException($"An enrolment has 1 to {SamplesMax} samples; this one has {Samples.Count}.");
        if (Samples.Any(sample => sample.Embedding.Model != Samples[0].Embedding.Model))
            throw new ArgumentException("The samples of an enrolment are all of one model; these are of several.");
        if (Samples.Any(sample => sample.Quality is not (>= 0 and <= 1)))
            throw new ArgumentException("A sample's quality is 0 to 1; one of these is not.");
    }
}

/// <summary>What came of an enrolment. Zero is the answer when nothing was written.</summary>
public enum EnrollResult
{
    NotEnrolled,
    Enrolled,
    Duplicate,
    NotOnePerson,
}

/// <summary>What came of an enrolment. <c>default</c> enrolled nobody.</summary>
readonly record struct EnrollOutcome
{
    public EnrollResult Result { get; private init; }

    /// <summary>
    /// Who was enrolled; or who bears that face already; or to whom it was to be added, <c>default</c> where that was nobody.
    /// </summary>
    public SubjectId Subject { get; private init; }

    /// <summary>How near a duplicate's face is, or the nearest sample that is of another person; -1..1.</summary>
    public float Similarity { get; private init; }

    /// <summary>How many templates of this model the subject now has.</summary>
    public int Templates { get; private init; }

    public static EnrollOutcome Enrolled(SubjectId subject, int templates) =>
        new() { Result = EnrollResult.Enrolled, Subject = subject, Templates = templates };

    public static EnrollOutcome Duplicate(SubjectId first, float similarity) =>
        new() { Result = EnrollResult.Duplicate, Subject = first, Similarity = similarity };

    public static EnrollOutcome NotOnePerson(SubjectId? known, float similarity) =>
        new() { Result = EnrollResult.NotOnePerson, Subject = known ?? default, Similarity = similarity };
}

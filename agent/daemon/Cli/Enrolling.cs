using System.Globalization;
using System.Text.Json;
using EdgeFace.Documents;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary>One run of <c>enroll</c> over one person or many.</summary>
sealed class Enrolling(SampleGathering gathering, Enroller enroller, FileRun run)
{
    bool _anyDuplicate;

    public bool Json { get; init; }

    public bool Force { get; init; }

    /// <summary>From which similarity on a face is somebody else's.</summary>
    public float SimilarityMin { get; init; }

    /// <summary>Below which similarity a picture is of another person than the others.</summary>
    public float SamePersonMin { get; init; }

    /// <summary>Makes the enrolment of a name and samples.</summary>
    public required Func<string, IReadOnlyList<EnrollmentSample>, Enrollment> Ask { get; init; }

    public int Run(IReadOnlyList<PersonFiles> people)
    {
        if (people.Count == 0) run.Refuse("the folder has no picture, no video and no folder of them.");
        var byName = people.ToDictionary(person => person.Name, StringComparer.Ordinal);
        run.Each([.. byName.Keys], "Enrolling", name => Enroll(byName[name]));
        return run.ExitCodeOf(!_anyDuplicate);
    }

    void Enroll(PersonFiles person)
    {
        if (!SubjectName.TryNormalise(person.Name, out _, out var fault))
        {
            run.Refuse($"{(person.Files is [var first, ..] ? first : "a folder")}: {fault}");
            return;
        }

        var samples = new List<EnrollmentSample>();
        foreach (var file in person.Files) run.Try(() => samples.AddRange(gathering.From(file)));
        if (samples.Count == 0)
        {
            run.Refuse($"{person.Name} is not enrolled: none of {person.Files.Count} files can be.");
            Print(new EnrolledPerson(
                person.Name, "refused", Subject: null, Samples: 0, Templates: 0, Similarity: null));
            return;
        }

        try
        {
            Print(person, Best(samples));
        }
        catch (ArgumentException e) // a validity that ends before it begins, with what the gallery knows
        {
            run.Refuse($"{person.Name} is not enrolled: {e.Message}");
        }
    }

    void Print(PersonFiles person, List<EnrollmentSample> samples)
    {
        var outcome = enroller.Enroll(Ask(person.Name, samples), SimilarityMin, Force, SamePersonMin);
        var isDuplicate = outcome.Result is EnrollResult.Duplicate;
        _anyDuplicate |= isDuplicate;
        Print(new EnrolledPerson(
            person.Name, Words.Snake(outcome.Result),
            outcome.Subject == default ? null : outcome.Subject.ToString(), samples.Count, outcome.Templates,
            outcome.Result is EnrollResult.Enrolled ? null : outcome.Similarity));
        if (outcome.Result is EnrollResult.NotOnePerson)
        {
            run.Refuse(string.Create(CultureInfo.InvariantCulture,
                $"{person.Name} is not enrolled: the faces are not all one person's, or not of the person who bears "
                + $"that name: similarity {outcome.Similarity:F3}, from {SamePersonMin:F3} on it is one person. Nothing "
                + $"was written. If {person.Name} is one person after all: --force."));
        }

        if (isDuplicate)
        {
            run.Say(string.Create(CultureInfo.InvariantCulture,
                $"{person.Name} is not enrolled: subject {outcome.Subject} bears that face already (similarity "
                + $"{outcome.Similarity:F3}, from {SimilarityMin:F3} on it is one person). For twins: --force."));
        }
    }

    /// <summary>An enrolment takes so many; the gallery keeps fewer.</summary>
    static List<EnrollmentSample> Best(List<EnrollmentSample> samples) => samples.Count <= Enrollment.SamplesMax
        ? samples : [.. samples.OrderByDescending(sample => sample.Quality).Take(Enrollment.SamplesMax)];

    void Print(EnrolledPerson person)
    {
        if (Json)
        {
            run.Print(JsonSerializer.Serialize(person, FaceJson.Lines.EnrolledPerson), OutputForm.Json);
        }
        else if (person.Subject is not null && person.Similarity is null)
        {
            run.Print(
                $"{person.Name}: enrolled as {person.Subject}, {person.Samples} faces, {person.Templates} templates");
        }
    }
}

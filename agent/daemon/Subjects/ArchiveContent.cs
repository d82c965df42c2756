using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;

namespace EdgeFace.Subjects;

/// <summary>What stands inside an archive, as JSON.</summary>
/// <param name="ExportedAt">UTC.</param>
/// <param name="Subjects">Who was whole.</param>
/// <param name="Erased">Random ids of who is to stay out; nothing else is known of them.</param>
sealed record ArchiveContent(DateTimeOffset ExportedAt, ArchivedSubject[] Subjects, string[] Erased)
{
    public static ArchiveContent Of(
        DateTimeOffset now, IReadOnlyList<Subject> subjects, IReadOnlyList<StoredTemplate> templates,
        IReadOnlyCollection<SubjectId> erased)
    {
        var bySubject = templates.ToLookup(template => template.Subject);
        return new ArchiveContent(now, [.. subjects.Select(subject => new ArchivedSubject(
            subject.Id.ToString(), Profile.Of(subject), [.. bySubject[subject.Id].Select(ArchivedTemplate.Of)]))],
            [.. erased.Select(id => id.ToString())]);
    }

    /// <exception cref="ArgumentException">Something in it breaks a rule that enrolment keeps.</exception>
    /// <exception cref="FormatException">An id is not one.</exception>
    public (IReadOnlyList<ArchivedSubject.Opened> Subjects, IReadOnlyList<SubjectId> Erased) Open()
    {
        var opened = Subjects.Select(subject => subject.Open()).ToArray();
        if (opened.DistinctBy(one => one.Subject.Id).Count() < opened.Length)
            throw new ArgumentException("Two subjects of the archive have one id.");
        if (opened.DistinctBy(one => one.Subject.Name).Count() < opened.Length)
            throw new ArgumentException("Two subjects of the archive have one name.");

        return (opened, [.. Erased.Select(SubjectId.Parse)]);
    }
}

/// <summary>A subject with its templates.</summary>
sealed record ArchivedSubject(string Id, Profile Profile, ArchivedTemplate[] Templates)
{
    public readonly record struct Opened(Subject Subject, IReadOnlyList<StoredTemplate> Templates);

    public Opened Open()
    {
        var subject = Profile.For(SubjectId.Parse(Id)).Checked();
        var templates = Templates.Select(template => template.For(subject.Id)).ToArray();
        return templates.GroupBy(template => template.Model).All(own => own.Count() <= TemplateChoice.TemplatesMax)
            ? new Opened(subject, templates)
            : throw new ArgumentException(
                $"A subject has more than {TemplateChoice.TemplatesMax} templates of one model.");
    }
}

/// <summary>A template; the values are fp32, little-endian, in base64.</summary>
sealed record ArchivedTemplate(string Id, string Model, float Quality, DateTimeOffset CapturedAt, byte[] Values)
{
    const int ValuesMax = 4096;

    public static ArchivedTemplate Of(StoredTemplate template) => new(
        template.Id.ToString(), template.Model.Value, template.Quality, template.CapturedAt,
        MemoryMarshal.AsBytes(template.Embedding.Values).ToArray());

    public StoredTemplate For(SubjectId subject)
    {
        if (Quality is not (>= 0 and <= 1)) throw new ArgumentException("A template's quality is 0 to 1.");
        if (Values.Length is < 4 or > ValuesMax * 4 || Values.Length % 4 != 0)
            throw new ArgumentException($"A template has 1 to {ValuesMax} values.");

        return new StoredTemplate(
            new TemplateId(Guid.ParseExact(Id, "N")), subject, Quality, CapturedAt.ToUniversalTime(),
            new Embedding(new ModelId(Model), MemoryMarshal.Cast<byte, float>(Values)));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ArchiveContent))]
sealed partial class ArchiveJson : JsonSerializerContext;

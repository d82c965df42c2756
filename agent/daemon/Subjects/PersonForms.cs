using System.Runtime.InteropServices;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Wire;

namespace EdgeFace.Subjects;

/// <summary>A person as the hub tells him, and as he is kept here.</summary>
static class PersonForms
{
    /// <summary>Templates get new numbers: those of the hub may stand here already, under somebody else.</summary>
    /// <exception cref="ArgumentException">Something in it breaks a rule that enrolment keeps; nobody is named.</exception>
    public static (Subject Subject, IReadOnlyList<StoredTemplate> Templates) Opened(PersonRecord record)
    {
        var person = record.Person;
        var subject = new Subject(
            new SubjectId(person.Number), person.Name, person.Groups, person.EnrolledAt,
            person.Consent is { } consent ? new Consent(consent.At, consent.Text) : null, person.ValidFrom, person.ValidUntil,
            person.Cards?.Select(card => new CardHash(card.Key, card.Hash)).ToArray(),
            person.Pin is { } pin ? new PinHash(pin.Salt, pin.Iterations, pin.Hash, pin.DuressHash) : null, person.ExtendedTime).Checked();
        var templates = person.Templates.Select((template, index) => new StoredTemplate(
            TemplateId.New(), subject.Id, template.Quality, template.CapturedAt.ToUniversalTime(),
            new Embedding(new ModelId(template.Model), MemoryMarshal.Cast<byte, float>(record.ValuesOf(index)))));
        return (subject, [.. templates]);
    }

    /// <param name="subject">Whom.</param>
    /// <param name="templates">His, 1 to 10, all of one model.</param>
    /// <exception cref="FormatException">He has no template, or too many.</exception>
    public static PersonRecord Record(Subject subject, IReadOnlyList<StoredTemplate> templates)
    {
        var told = templates.Select(template => new PushedTemplate(
            template.Id.ToString(), template.Model.Value, template.Quality, template.CapturedAt, template.Embedding.Values.Length));
        var person = new PushedPerson(
            subject.Id.ToString(), subject.Name, [.. subject.Groups], subject.EnrolledAt, [.. told],
            subject.Consent is { } consent ? new PushedConsent(consent.At, consent.TextVersion) : null, subject.ValidFrom, subject.ValidUntil,
            subject.Cards?.Select(card => new PushedCard(card.Key, card.Hash)).ToArray(),
            subject.Pin is { } pin ? new PushedPin(pin.Salt, pin.Iterations, pin.Hash, pin.DuressHash) : null, subject.ExtendedTime);
        var values = templates.SelectMany(template => MemoryMarshal.AsBytes(template.Embedding.Values).ToArray()).ToArray();
        return PersonRecord.Of(person, values);
    }
}

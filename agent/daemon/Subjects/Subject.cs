using EdgeFace.Matching;
using EdgeFace.Wire;

namespace EdgeFace.Subjects;

/// <summary>To what a person has agreed, and when: consent to the processing of his face (GDPR article 9(2)(a)).</summary>
/// <param name="At">When he agreed.</param>
/// <param name="TextVersion">Which text he was shown, 1 to 200 characters.</param>
readonly record struct Consent(DateTimeOffset At, string TextVersion);

/// <summary>
/// An enrolled person. Its text is the random id only: names go to whoever asks for them, never into a log.
/// </summary>
/// <param name="Id">Safe to log.</param>
/// <param name="Name">As <see cref="SubjectName"/> allows; no two subjects bear the same.</param>
/// <param name="Groups">At most 32, distinct; what a schedule may be bound to.</param>
/// <param name="EnrolledAt">When the subject was first enrolled.</param>
/// <param name="Consent">To what he agreed; null: nobody recorded that he did.</param>
/// <param name="ValidFrom">From when he is let in; null: from enrolment.</param>
/// <param name="ValidUntil">From when he is let in no more; null: no end.</param>
/// <param name="Cards">At most 16.</param>
/// <param name="Pin">With the one for duress.</param>
/// <param name="ExtendedTime">Needs more time at the door.</param>
sealed record Subject(
    SubjectId Id,
    string Name,
    IReadOnlyList<string> Groups,
    DateTimeOffset EnrolledAt,
    Consent? Consent,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null,
    IReadOnlyList<CardHash>? Cards = null,
    PinHash? Pin = null,
    bool ExtendedTime = false)
{
    public const int GroupsMax = 32;
    public const int CardsMax = 16;

    public bool IsValidAt(DateTimeOffset now) => !(now < ValidFrom) && !(now >= ValidUntil);

    public override string ToString() => Id.ToString();

    /// <summary>The same, with names in their kept form and groups without repeats.</summary>
    /// <exception cref="ArgumentException">
    /// A name, a group, the consent text's version or a credential cannot be kept.
    /// </exception>
    public Subject Checked()
    {
        var groups = Groups.Select(SubjectName.Normalise).Distinct(StringComparer.Ordinal).ToArray();
        if (groups.Length > GroupsMax)
            throw new ArgumentException($"A subject is in at most {GroupsMax} groups; this one has {groups.Length}.");
        if (ValidUntil <= ValidFrom)
            throw new ArgumentException($"The validity ends at {ValidUntil:O}, before it begins at {ValidFrom:O}.");
        if (Cards?.Count > CardsMax)
            throw new ArgumentException($"A subject has at most {CardsMax} cards; this one has {Cards.Count}.");
        if (Cards?.Any(card => !card.IsWellFormed) == true || Pin is { IsWellFormed: false })
            throw new ArgumentException("A card or a PIN of a subject is not as it is kept.");

        return this with
        {
            Name = SubjectName.Normalise(Name),
            Groups = groups,
            Consent = Consent is { } given
                ? given with { TextVersion = SubjectName.Normalise(given.TextVersion) } : null,
        };
    }
}

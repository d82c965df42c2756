using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>What <c>gallery list</c> and <c>show</c> write of a person.</summary>
/// <param name="Subject">Random id, 32 hex digits.</param>
/// <param name="Name">As enrolled.</param>
/// <param name="Groups">What he is in.</param>
/// <param name="EnrolledAt">UTC.</param>
/// <param name="ConsentAt">When he agreed; null where no consent is recorded.</param>
/// <param name="ConsentText">Version of the text that he agreed to; null where no consent is recorded.</param>
/// <param name="ValidFrom">From when he is let in; null: from enrolment.</param>
/// <param name="ValidUntil">From when he is let in no more; null: no end.</param>
/// <param name="IsValid">Now.</param>
/// <param name="Templates">How many, by model.</param>
/// <param name="Cards">How many.</param>
/// <param name="HasPin">One is set.</param>
/// <param name="HasDuressPin">One for duress is set, too.</param>
/// <param name="ExtendedTime">The door stays open longer.</param>
sealed record ListedSubject(
    string Subject, string Name, IReadOnlyList<string> Groups, DateTimeOffset EnrolledAt, DateTimeOffset? ConsentAt,
    string? ConsentText, DateTimeOffset? ValidFrom, DateTimeOffset? ValidUntil, bool IsValid,
    IReadOnlyDictionary<string, int> Templates, int Cards, bool HasPin, bool HasDuressPin, bool ExtendedTime)
{
    /// <summary>All of them, in the order of enrolment.</summary>
    public static IReadOnlyList<ListedSubject> All(SubjectStore store, DateTimeOffset now)
    {
        var counts = store.TemplateCounts().Keys
            .ToDictionary(model => model.Value, store.TemplateCounts, StringComparer.Ordinal);
        return [.. store.Subjects().Select(subject => new ListedSubject(
            subject.Id.ToString(), subject.Name, subject.Groups, subject.EnrolledAt, subject.Consent?.At,
            subject.Consent?.TextVersion, subject.ValidFrom, subject.ValidUntil, subject.IsValidAt(now),
            counts.Where(model => model.Value.ContainsKey(subject.Id))
                .ToDictionary(model => model.Key, model => model.Value[subject.Id], StringComparer.Ordinal),
            subject.Cards?.Count ?? 0, subject.Pin is not null, subject.Pin?.DuressHash is not null,
            subject.ExtendedTime))];
    }
}

using System.CommandLine;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>The options that say what is kept of an enrolled person beside his face.</summary>
sealed class EnrollDetails
{
    /// <summary>What stands in the gallery where nobody said to what the person agreed.</summary>
    public const string ConsentUnstated = "unstated";

    readonly SubjectDetails _details;
    readonly Option<string> _consent = new("--consent")
    {
        Description = "Version of the text that the person agreed to.",
        HelpName = "TEXT-VERSION",
        DefaultValueFactory = _ => ConsentUnstated,
    };

    public EnrollDetails(Command command)
    {
        _details = new SubjectDetails(command);
        _consent.Validators.Add(SubjectDetails.CheckNames);
        command.Options.Add(_consent);
    }

    public Enrollment Of(
        ParseResult parse, string name, IReadOnlyList<EnrollmentSample> samples, DateTimeOffset now) => new(
        name, new Consent(now, parse.GetValue(_consent) ?? ConsentUnstated), samples,
        _details.Groups(parse), _details.From(parse), _details.Until(parse));
}

using System.CommandLine;
using EdgeFace.Hosting;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>The options that say what is kept of an enrolled person beside his face.</summary>
sealed class EnrollDetails
{
    readonly SubjectDetails _details;
    readonly Option<string?> _consent = new("--consent")
    {
        Description = "Version of the text that the person agreed to, just now; without it no consent is recorded.",
        HelpName = "TEXT-VERSION",
    };

    public EnrollDetails(Command command)
    {
        _details = new SubjectDetails(command);
        _consent.Validators.Add(SubjectDetails.CheckNames);
        command.Options.Add(_consent);
    }

    /// <summary>The same for a daemon that enrols.</summary>
    public EnrollRequest Request(ParseResult parse, bool force) => new(
        parse.GetValue(_consent), _details.Groups(parse), _details.From(parse), _details.Until(parse), force);

    public Enrollment Of(
        ParseResult parse, string name, IReadOnlyList<EnrollmentSample> samples, DateTimeOffset now) => new(
        name, parse.GetValue(_consent) is { } text ? new Consent(now, text) : null, samples,
        _details.Groups(parse), _details.From(parse), _details.Until(parse));
}

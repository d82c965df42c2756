using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeFace.Subjects;

namespace EdgeFace.Cli;

/// <summary>The options that say what is kept of an enrolled person beside his face.</summary>
sealed class EnrollDetails
{
    /// <summary>What stands in the gallery where nobody said to what the person agreed.</summary>
    public const string ConsentUnstated = "unstated";

    readonly Option<string[]> _groups = new("--group")
    {
        Description = "A group the person is in; may be repeated.",
        HelpName = "G",
    };
    readonly Option<string?> _from = When("--valid-from", "From when on the person is let in.");
    readonly Option<string?> _until = When("--valid-until", "From when on the person is let in no more.");
    readonly Option<string> _consent = new("--consent")
    {
        Description = "Version of the text that the person agreed to.",
        HelpName = "TEXT-VERSION",
        DefaultValueFactory = _ => ConsentUnstated,
    };

    public EnrollDetails(Command command)
    {
        _groups.Validators.Add(CheckNames);
        _consent.Validators.Add(CheckNames);
        command.Options.Add(_groups);
        command.Options.Add(_from);
        command.Options.Add(_until);
        command.Options.Add(_consent);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_groups)?.Length > Subject.GroupsMax)
                result.AddError($"A subject is in at most {Subject.GroupsMax} groups.");
            if (TimeOf(result.GetValue(_until)) <= TimeOf(result.GetValue(_from)))
                result.AddError("--valid-until lies before --valid-from.");
        });
    }

    public Enrollment Of(
        ParseResult parse, string name, IReadOnlyList<EnrollmentSample> samples, DateTimeOffset now) => new(
        name, new Consent(now, parse.GetValue(_consent) ?? ConsentUnstated), samples,
        parse.GetValue(_groups) is { Length: > 0 } groups ? groups : null,
        TimeOf(parse.GetValue(_from)), TimeOf(parse.GetValue(_until)));

    /// <summary>What may not be a name is said before anything is looked at.</summary>
    public static void CheckNames(SymbolResult result)
    {
        foreach (var token in result.Tokens)
            if (!SubjectName.TryNormalise(token.Value, out _, out var fault)) result.AddError(fault);
    }

    static DateTimeOffset? TimeOf(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time : null;

    static Option<string?> When(string name, string description)
    {
        var option = new Option<string?>(name)
        {
            Description = $"{description} As 2027-01-31 or 2027-01-31T08:00+01:00; without an offset, local time.",
            HelpName = "TIME",
        };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => TimeOf(token.Value) is null))
                result.AddError($"{name}: '{token.Value}' is no time. Write 2027-01-31 or 2027-01-31T08:00+01:00.");
        });
        return option;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeFace.Subjects;
using EdgeFace.Wire;

namespace EdgeFace.Cli;

/// <summary>The options that say in which groups a person is and from when to when he is let in.</summary>
sealed class SubjectDetails
{
    readonly Option<string[]> _groups = new("--group")
    {
        Description = "A group the person is in; may be repeated. Of a known person, these instead of the former ones.",
        HelpName = "G",
    };
    readonly Option<string?> _from = When("--valid-from", "From when on the person is let in.");
    readonly Option<string?> _until = When("--valid-until", "From when on the person is let in no more.");

    public SubjectDetails(Command command)
    {
        _groups.Validators.Add(CheckNames);
        command.Options.Add(_groups);
        command.Options.Add(_from);
        command.Options.Add(_until);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_groups)?.Length > Subject.GroupsMax)
                result.AddError($"A subject is in at most {Subject.GroupsMax} groups.");
            if (TimeOf(result.GetValue(_until)) <= TimeOf(result.GetValue(_from)))
                result.AddError("--valid-until lies before --valid-from.");
        });
    }

    /// <summary>Null when none was given.</summary>
    public IReadOnlyList<string>? Groups(ParseResult parse) =>
        parse.GetValue(_groups) is { Length: > 0 } groups ? groups : null;

    /// <summary>Null when it was not given.</summary>
    public DateTimeOffset? From(ParseResult parse) => TimeOf(parse.GetValue(_from));

    /// <summary>Null when it was not given.</summary>
    public DateTimeOffset? Until(ParseResult parse) => TimeOf(parse.GetValue(_until));

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

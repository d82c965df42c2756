using System.CommandLine;

namespace EdgeFace.Cli;

/// <summary>How an answer is written. Zero is for people.</summary>
public enum OutputForm
{
    Text,
    Json,
    Csv,
}

/// <summary>The options --json and, where the older tools have a form of their own, --csv.</summary>
sealed class OutputChoice
{
    readonly Option<bool> _json = new("--json") { Description = "One JSON object per line." };
    readonly Option<bool>? _csv;

    public OutputChoice(Command command, string? csv = null)
    {
        command.Options.Add(_json);
        if (csv is null) return;

        _csv = new("--csv") { Description = csv };
        command.Options.Add(_csv);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_json) && result.GetValue(_csv)) result.AddError("--json or --csv, not both.");
        });
    }

    public OutputForm Of(ParseResult parse) => parse.GetValue(_json) ? OutputForm.Json
        : _csv is not null && parse.GetValue(_csv) ? OutputForm.Csv
        : OutputForm.Text;
}

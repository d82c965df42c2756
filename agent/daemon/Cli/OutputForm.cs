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
    readonly Option<bool> _json = new("--json");
    readonly Option<bool>? _csv;

    /// <param name="command">Gets the options.</param>
    /// <param name="json">What an object stands for, and its keys.</param>
    /// <param name="csv">The columns; null for no such form.</param>
    public OutputChoice(Command command, string json, string? csv = null)
    {
        _json.Description = $"One JSON object per line, {json}";
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

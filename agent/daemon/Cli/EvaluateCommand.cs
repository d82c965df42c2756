using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary><c>edgeface evaluate pairs|identify|detect</c>.</summary>
static class EvaluateCommand
{
    public static Command Create(Installation home) =>
        new("evaluate", "Measures how often EdgeFace errs, on pictures whose truth is known.")
        {
            EvaluatePairs.Create(home),
            EvaluateIdentify.Create(home),
            EvaluateDetect.Create(home),
        };

    public static Option<bool> Json() => new("--json") { Description = "The whole report as JSON." };

    public static Option<string> Out() => new("--out") { Description = "A file to write the JSON report to." };

    public static Option<string> Det() => new("--det") { Description = "A PNG file to draw the DET curve into." };

    public static Option<string> Detector() =>
        new("--detector") { Description = "Card id of the face detector; none means the default pack's." };

    public static Option<string> Embedder() =>
        new("--embedder") { Description = "Card id of the embedder; none means the default pack's." };

    /// <summary>Writes the report to where it was asked for; false when the output wants text.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static bool Wrote<T>(T report, JsonTypeInfo<T> type, string? file, bool json, TextWriter output)
    {
        var text = JsonSerializer.Serialize(report, type);
        if (file is not null) File.WriteAllText(file, text + "\n");
        if (json) output.WriteLine(text);
        return json;
    }

    /// <summary>A run of an hour must not end at a folder that is not there.</summary>
    /// <exception cref="EvaluationException">The folder of a file that is to be written is missing.</exception>
    public static void CheckFolders(params ReadOnlySpan<string?> files)
    {
        foreach (var file in files)
        {
            if (file is null || Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file)))) continue;

            throw new EvaluationException(EvaluationFault.Missing,
                $"{file} cannot be written: its folder is missing. Make it, or name another one.");
        }
    }
}

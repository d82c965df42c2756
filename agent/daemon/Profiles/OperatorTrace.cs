using System.Text.Json;

namespace EdgeFace.Profiles;

/// <summary>Reads what ONNX Runtime's profiling wrote of a session: one event for each operator that ran, with its provider.</summary>
static class OperatorTrace
{
    public const string Cpu = "CPUExecutionProvider";

    /// <param name="file">That was written.</param>
    /// <param name="counts">Whether operators of that provider are counted.</param>
    /// <returns>Different operators, however often each ran.</returns>
    public static int Count(string file, Func<string, bool> counts)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.EnumerateArray()
            .Where(each => each.TryGetProperty("args", out var args) && args.ValueKind is JsonValueKind.Object
                && args.TryGetProperty("provider", out var provider) && counts(provider.GetString() ?? Cpu))
            .Select(each => each.GetProperty("name").GetString()).Distinct(StringComparer.Ordinal).Count();
    }
}

namespace EdgeFace.Evaluation;

/// <summary>Why something cannot be measured.</summary>
public enum EvaluationFault
{
    Unmeasurable,
    Missing,
    Malformed,
    TooFew,
}

/// <summary>
/// A list that cannot be read or that is too short to measure by. The message names file, line, value and what was
/// expected.
/// </summary>
public sealed class EvaluationException(EvaluationFault fault, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public EvaluationFault Fault { get; } = fault;

    internal static EvaluationException At(string file, int line, string value, string expected) =>
        new(EvaluationFault.Malformed, $"{file}, line {line}: '{value}' where {expected} was expected.");
}

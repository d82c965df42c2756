namespace EdgeFace.Inference;

/// <summary>Why a model cannot be used.</summary>
public enum ModelFault
{
    Unusable,
    Missing,
    Damaged,
    UnknownShape,
    BadCard,
}

/// <summary>A model that is missing, damaged or foreign. The message names the file, what was expected and the command that mends it.</summary>
public sealed class ModelException(ModelFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ModelFault Fault { get; } = fault;
}

namespace EdgeFace.Inference;

/// <summary>Why a provider cannot be had.</summary>
public enum ProviderFault
{
    Unknown,
    /// <summary>There is no such library, or one that it needs is not there.</summary>
    LibraryMissing,
    /// <summary>The library is of a version that cannot be bound.</summary>
    WrongVersion,
    /// <summary>This library was built without the provider.</summary>
    NotBuilt,
    /// <summary>The library is there, its device is not.</summary>
    NoDevice,
    /// <summary>It computes something else than the CPU does.</summary>
    WrongNumbers,
    /// <summary>None of the model's operators came to be computed by it.</summary>
    NotUsed,
    /// <summary>The process that tried it died.</summary>
    Crashed,
    /// <summary>It gave no answer in the time it had.</summary>
    TimedOut,
    /// <summary>It failed while it computed.</summary>
    Failed,
}

/// <summary>A provider, or a library of one, cannot be used. The message says what happened and what to do.</summary>
public sealed class ProviderException(ProviderFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ProviderFault Fault { get; } = fault;
}

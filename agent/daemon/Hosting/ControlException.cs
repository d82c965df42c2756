namespace EdgeFace.Hosting;

/// <summary>Why the daemon cannot be talked to. Zero is the fault that nobody has named.</summary>
public enum ControlFault
{
    Unknown,

    /// <summary>Nobody listens.</summary>
    NoDaemon,

    /// <summary>Somebody listens, and not to this user.</summary>
    NotAllowed,

    /// <summary>Another daemon listens at that place.</summary>
    Taken,

    /// <summary>The socket cannot be made there.</summary>
    BadPlace,

    /// <summary>The other side said what nobody understands, too much, or went away in the middle.</summary>
    Broken,
}

/// <summary>The control socket cannot be opened, reached or understood. The message says what to do.</summary>
sealed class ControlException(ControlFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ControlFault Fault { get; } = fault;

    /// <summary>The same act may succeed later without anybody's help.</summary>
    public bool IsTransient => Fault is ControlFault.NoDaemon or ControlFault.Broken;
}

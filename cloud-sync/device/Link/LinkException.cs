namespace EdgeFace.Link;

/// <summary>What became of a message.</summary>
public enum LinkFault
{
    /// <summary>There is no connection.</summary>
    Offline,

    /// <summary>The connection broke, or no answer came in time: it may have arrived or not.</summary>
    Unanswered,

    /// <summary>The other side does not take it from this device: its access list, or its quota.</summary>
    Denied,

    /// <summary>It is larger than the other side takes.</summary>
    TooLarge,
}

/// <summary>A message was not acknowledged.</summary>
sealed class LinkException(LinkFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public LinkFault Fault { get; } = fault;

    /// <summary>Sending it again later may help.</summary>
    public bool IsTransient => Fault is LinkFault.Offline or LinkFault.Unanswered;
}

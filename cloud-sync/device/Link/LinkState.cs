namespace EdgeFace.Link;

/// <summary>How the connection stands. Zero is the state before the first attempt.</summary>
public enum LinkStatus
{
    /// <summary>No attempt yet, or none is being made: the wall clock is wrong, say.</summary>
    Idle,
    Connecting,
    Online,

    /// <summary>It broke or was not made; the next attempt follows.</summary>
    Offline,
}

/// <summary>How the connection stands, why, and what there is to do.</summary>
/// <param name="Status">How.</param>
/// <param name="Reason">A code for machines, as "server-certificate-untrusted"; "" when all is well.</param>
/// <param name="Message">What happened, the value, the limit, what to do; never a password, token or key.</param>
sealed record LinkState(LinkStatus Status, string Reason = "", string Message = "");

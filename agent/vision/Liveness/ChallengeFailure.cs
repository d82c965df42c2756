namespace EdgeFace.Liveness;

/// <summary>Why a challenge was not passed. Zero is the answer while nobody has answered.</summary>
public enum ChallengeFault
{
    NotDone,
    TimedOut,
    TooLong,
    WrongMovement,
    TooSoon,
    AnotherFace,
    FaceLost,
    MoreFaces,
    Spoof,
    CalledOff,
}

/// <summary>Why a challenge was not passed, with the value that decided and the limit it was held against.</summary>
/// <param name="Fault">Which rule.</param>
/// <param name="Value">Seconds, similarity, faces or frames: what the rule speaks of.</param>
/// <param name="Limit">In the same unit.</param>
/// <param name="Asked">What was to be done; none: to look straight.</param>
/// <param name="Seen">What was done instead.</param>
public readonly record struct ChallengeFailure(
    ChallengeFault Fault, double Value = 0, double Limit = 0, Movement Asked = Movement.None, Movement Seen = Movement.None)
{
    /// <summary>What to do.</summary>
    public string Remedy => Fault switch
    {
        ChallengeFault.TimedOut or ChallengeFault.TooLong => "do at once what is asked, and look straight before and after it",
        ChallengeFault.WrongMovement => "do only what is asked, and else hold still with the mouth shut",
        ChallengeFault.TooSoon => "wait for the words before you move",
        ChallengeFault.AnotherFace or ChallengeFault.MoreFaces => "stand alone before the camera",
        ChallengeFault.FaceLost => "stay before the camera until it is over",
        ChallengeFault.Spoof => "show your own face, not a picture",
        _ => "try again",
    };
}

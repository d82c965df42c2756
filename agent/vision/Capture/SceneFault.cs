namespace EdgeFace.Capture;

/// <summary>What is wrong with the live picture as such. While it is not None, nobody should be let in by it.</summary>
public enum SceneFault
{
    None,

    /// <summary>The very same picture for too long: sensors have noise.</summary>
    Frozen,

    /// <summary>Dark and without structure: a cap, a hand, tape, or no light.</summary>
    Black,

    /// <summary>Pictures come again in the order in which they came before: a recording is played.</summary>
    Looped,
}

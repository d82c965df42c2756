namespace EdgeFace.Liveness;

/// <summary>What a second stream says of the face in front of it. Every one but the last denies; zero is no word at all.</summary>
public enum StreamFinding
{
    /// <summary>There is no picture of it.</summary>
    Missing,

    /// <summary>Its newest picture was taken too long before or after the visible one.</summary>
    OutOfTime,

    /// <summary>Its camera shows a still or a repeated picture.</summary>
    Untrusted,

    /// <summary>The face is not within its picture.</summary>
    OutOfView,

    /// <summary>Its pixels are not those of such a stream.</summary>
    Unproved,

    /// <summary>It shows what the visible stream shows: a copy of it, a second visible camera, or a print that is black in both.</summary>
    Copied,

    /// <summary>Nothing is there where the face is: dark or without contrast, as a screen is; or too few distances.</summary>
    Blank,

    /// <summary>It is there and has no depth: flat, or bent about one axis.</summary>
    Flat,

    /// <summary>Nothing speaks against a living face.</summary>
    BonaFide,
}

/// <summary>One finding with what it was measured by.</summary>
/// <param name="Finding">Zero denies.</param>
/// <param name="Value">In the finding's own unit; 0 where nothing was measured.</param>
/// <param name="Limit">Which the value missed, or kept.</param>
public readonly record struct StreamReading(StreamFinding Finding, float Value = 0, float Limit = 0)
{
    /// <summary>It said nothing of whoever stands there: the camera is at fault, and nobody has tried anything.</summary>
    public bool IsSilent => Finding <= StreamFinding.Untrusted;

    public bool Denies => Finding is not StreamFinding.BonaFide;
}

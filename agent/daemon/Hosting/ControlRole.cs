namespace EdgeFace.Hosting;

/// <summary>What somebody on this machine may ask of the daemon; a greater one may all that a lesser may. Zero is nothing.</summary>
public enum ControlRole
{
    None,

    /// <summary>Sees how the daemon and its doors are.</summary>
    Viewer,

    /// <summary>Moves doors, enrols and stands by as a guard would.</summary>
    Operator,

    /// <summary>Root, and whoever the daemon itself runs as.</summary>
    Owner,
}

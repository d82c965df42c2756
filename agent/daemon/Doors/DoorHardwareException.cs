namespace EdgeFace.Doors;

/// <summary>What went wrong with the wires of a door.</summary>
public enum DoorHardwareFault
{
    Other,

    /// <summary>No libgpiod on this machine.</summary>
    NoLibrary,
    NoChip,
    NoLine,

    /// <summary>Another program holds the line.</summary>
    Busy,
    NoPermission,
}

/// <summary>Wires that cannot be had or do not answer. Permanent ones need somebody's hand; the others are tried again.</summary>
sealed class DoorHardwareException : IOException
{
    public DoorHardwareException(DoorHardwareFault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    public DoorHardwareFault Fault { get; }

    public bool IsTransient => Fault is DoorHardwareFault.Other or DoorHardwareFault.Busy;
}

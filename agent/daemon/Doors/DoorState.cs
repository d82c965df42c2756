namespace EdgeFace.Doors;

/// <summary>How a door stands.</summary>
public enum DoorState
{
    Locked,

    /// <summary>Unlocked and not yet opened.</summary>
    Unlocked,

    /// <summary>Open, and rightly so.</summary>
    Open,

    /// <summary>Open for longer than it may.</summary>
    HeldOpen,

    /// <summary>Opened without a reason, and not closed since.</summary>
    Forced,
}

/// <summary>A door at one moment, for those who look.</summary>
/// <param name="Name">Of the door.</param>
/// <param name="State">How it stands.</param>
/// <param name="Unlocked">What its relay was last told, as seen from the door.</param>
/// <param name="Reason">Why it is unlocked; None when it is not.</param>
/// <param name="Inputs">Debounced.</param>
/// <param name="Order">The order that rules, if any.</param>
/// <param name="FireLatched">Released by fire until an operator resets it.</param>
/// <param name="Faulted">Its hardware does not answer, or its relay disagrees.</param>
readonly record struct DoorStatus(
    string Name, DoorState State, bool Unlocked, DoorReason Reason, DoorInputs Inputs, LockOrder? Order, bool FireLatched, bool Faulted);

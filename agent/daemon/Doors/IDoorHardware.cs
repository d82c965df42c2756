namespace EdgeFace.Doors;

/// <summary>
/// The wires of one door. Shipped twice: <see cref="GpioDoorHardware"/> and <see cref="SimulatedDoorHardware"/>. Faults are
/// <see cref="IOException"/>: the door goes to its declared state and tries again.
/// </summary>
/// <remarks>
/// The relay at rest is the declared state of the door, whatever took its power: a fail-secure strike is wired so that an energised
/// relay unlocks it, a fail-safe magnet so that an energised relay holds it.
/// </remarks>
interface IDoorHardware : IDisposable
{
    void SetRelay(bool energised);

    /// <summary>Read back from the wire, not remembered.</summary>
    bool RelayEnergised { get; }

    DoorInputs Read();
}

/// <summary>The inputs of a door at one moment.</summary>
readonly record struct DoorInputs(bool ContactOpen = false, bool RexPressed = false, bool Tampered = false, bool Fire = false);

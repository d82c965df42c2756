using EdgeFace.Doors;

namespace EdgeFace.Hosting;

/// <summary>A door of memory.</summary>
/// <param name="Passage">Somebody who goes through each time it is unlocked; null: nobody does.</param>
sealed record SimulatedDoorOptions(SimulatedPassage? Passage = null);

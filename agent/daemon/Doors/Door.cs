using System.ComponentModel.DataAnnotations;
using EdgeFace.Access;
using EdgeFace.Inference;

namespace EdgeFace.Doors;

/// <summary>How a door behaves.</summary>
/// <param name="OpenSeconds">How long it stays unlocked after a grant.</param>
sealed record DoorOptions([property: Range(1, 255)] double OpenSeconds = 5);

/// <summary>A simulated door: locked unless a grant unlocked it and its time has not run out. It starts locked.</summary>
sealed class Door(DoorOptions options, TimeProvider time)
{
    readonly TimeSpan _open = TimeSpan.FromSeconds(OptionsCheck.Ensure(options).OpenSeconds);
    long? _unlockedAt;

    public bool Unlocked => _unlockedAt is { } since && time.GetElapsedTime(since) < _open;

    /// <summary>A grant unlocks, or unlocks for longer; a denial changes nothing: the door relocks by time alone.</summary>
    public void Obey(AccessDecision decision)
    {
        if (decision.OpensDoor) _unlockedAt = time.GetTimestamp();
    }
}

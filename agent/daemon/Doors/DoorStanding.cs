namespace EdgeFace.Doors;

/// <summary>
/// What was ordered at a door and outlives a restart. An operator's unlocking does not: it was meant for the moment, and in
/// doubt a door is locked.
/// </summary>
/// <param name="Emergency">A lockdown or a release; null: neither.</param>
/// <param name="HeldLocked">An operator's order to keep it locked.</param>
/// <param name="HeldSeconds">How much longer; null: until it is ended.</param>
/// <param name="Fire">A release that the fire input latched.</param>
readonly record struct DoorStanding(LockCommand? Emergency, bool HeldLocked, double? HeldSeconds, bool Fire)
{
    /// <summary>Whether there is anything to remember.</summary>
    public bool IsNothing => Emergency is null && !HeldLocked && !Fire;
}

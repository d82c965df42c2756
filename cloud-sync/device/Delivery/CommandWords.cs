using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>Why a command was not done, in words.</summary>
static class CommandWords
{
    public static string Of(string refusal) => refusal switch
    {
        "malformed" => "It is no command of this protocol.",
        "wrong-type" => "It is signed as something else than a command.",
        "wrong-algorithm" => "It is not signed with ES256.",
        "unknown-key" => "No key that may command has signed it: see the roles in the device's trust.",
        "bad-signature" => "Its signature is not that of the key it names.",
        "other-device" => "It is for another device.",
        "retained" => "The broker had kept it, and nobody knows for how long: send it without the retain flag.",
        "clock-untrusted" => "The device's clock is not trusted, so nothing is known to be in time: set it, or vouch for it at the device.",
        "lasts-too-long" => $"It lasts for more than {CommandDocument.LastsMax.TotalMinutes:0} minutes: let it expire sooner.",
        "expired" => "It came too late: send a new one.",
        "from-the-future" => $"It was issued more than {CommandDocument.Skew.TotalSeconds:0} s ahead of the device's clock: set the clocks.",
        "begun-before" => "A command with this id was begun before the device went down; whether it was done, its events say. A new one needs a new id.",
        "memory-lost" => $"The device lost its journal, so it may have done this before: send a new one in {CommandMemory.LostFor.TotalMinutes:0.#} minutes.",
        "too-many" => $"{CommandMemory.CountMax} commands came within {CommandDocument.LastsMax.TotalMinutes:0} minutes: wait.",
        "disk" => "The disk did not take note of it, so it was not begun: see the device's status.",
        _ => refusal,
    };
}

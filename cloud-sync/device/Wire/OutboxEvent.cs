namespace EdgeFace.Wire;

/// <summary>What is sent first. Zero is the most urgent.</summary>
public enum OutboxPriority
{
    Alarm,
    Access,
    Telemetry,
}

/// <summary>Which event of a device, for ever: <paramref name="Seq"/> goes on from one boot to the next.</summary>
readonly record struct EventKey(long Boot, long Seq)
{
    public bool IsBefore(EventKey other) => Boot != other.Boot ? Boot < other.Boot : Seq < other.Seq;

    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Boot}/{Seq}");
}

/// <summary>An event on its way from a door to whoever keeps it for good. No name, no template and no picture is in it.</summary>
/// <param name="Device">Whose.</param>
/// <param name="Key">Which one.</param>
/// <param name="At">By the device's wall clock, right or wrong: the order is that of <paramref name="Key"/>.</param>
/// <param name="Kind">"granted", "denied.spoof", "door.forced" and the like.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="Door">At which door; null: at none.</param>
/// <param name="Camera">Before which camera; null: before none.</param>
/// <param name="Person">32 hex digits; never a name.</param>
/// <param name="Reason">The reason's code.</param>
/// <param name="Value">What was measured; finite.</param>
/// <param name="Limit">What it was measured against; finite.</param>
/// <param name="Remedy">What to do, in words.</param>
/// <param name="More">What else is known.</param>
/// <param name="Cut">It was too large for a message: remedy and more are missing, and stand in the device's journal.</param>
sealed record OutboxEvent(
    string Device,
    EventKey Key,
    DateTimeOffset At,
    string Kind,
    OutboxPriority Priority,
    string? Door = null,
    string? Camera = null,
    string? Person = null,
    string? Reason = null,
    double? Value = null,
    double? Limit = null,
    string? Remedy = null,
    IReadOnlyDictionary<string, string>? More = null,
    bool Cut = false);

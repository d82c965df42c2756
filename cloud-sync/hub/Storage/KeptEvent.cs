namespace EdgeFace.Hub.Storage;

/// <summary>An event as its row. Times are microseconds since 1970, UTC.</summary>
/// <param name="Device">Whose.</param>
/// <param name="Boot">In which opening of its journal.</param>
/// <param name="Seq">Dense over the device's life.</param>
/// <param name="At">By the device's clock.</param>
/// <param name="Received">By the hub's.</param>
/// <param name="Priority">0 alarm, 1 access, 2 telemetry.</param>
/// <param name="Kind">As "granted".</param>
/// <param name="Door">Null: at none.</param>
/// <param name="Person">32 hex digits; null: nobody.</param>
/// <param name="Reason">Code.</param>
/// <param name="Body">The whole event, JSON.</param>
sealed record KeptEvent(
    string Device, long Boot, long Seq, long At, long Received, int Priority, string Kind, string? Door, string? Person, string? Reason, string Body);

namespace EdgeFace.Hub.Storage;

/// <summary>A moment as both engines keep it: microseconds since 1970, UTC.</summary>
static class Moment
{
    public static long Of(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Of(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, -62_135_596_800_000_000, 253_402_300_799_999_999) * TimeSpan.TicksPerMicrosecond);

    public static long Now(this TimeProvider time) => Of(time.GetUtcNow());
}

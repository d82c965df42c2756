namespace EdgeFace.Journal;

/// <summary>Microseconds since 1970, as the journal keeps time.</summary>
static class EventTime
{
    static readonly long Least = EventRow.Microseconds(DateTimeOffset.MinValue);
    static readonly long Most = EventRow.Microseconds(DateTimeOffset.MaxValue);

    /// <summary>A damaged number is the nearest time that there is; that it was changed, its hash says.</summary>
    public static DateTimeOffset ToTime(this long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, Least, Most) * TimeSpan.TicksPerMicrosecond);
}

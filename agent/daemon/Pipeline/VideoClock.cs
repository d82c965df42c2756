namespace EdgeFace.Pipeline;

/// <summary>Time as a video tells it: a door that watches a file behaves alike at real time and as fast as it can.</summary>
sealed class VideoClock(DateTimeOffset start) : TimeProvider
{
    TimeSpan _at;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time stands still until it is moved on; it never runs backwards.</summary>
    public void MoveTo(TimeSpan at)
    {
        if (at > _at) _at = at;
    }

    public override long GetTimestamp() => _at.Ticks;

    public override DateTimeOffset GetUtcNow() => start + _at;
}

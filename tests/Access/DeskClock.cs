namespace EdgeFace.Tests.Access;

/// <summary>A clock whose wall can be turned while its timestamps go on.</summary>
sealed class DeskClock(DateTimeOffset wall) : TimeProvider
{
    long _ticks = TimeSpan.TicksPerDay;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public DateTimeOffset Wall { get; set; } = wall;

    public void Advance(double seconds)
    {
        var ticks = (long)(seconds * TimeSpan.TicksPerSecond);
        _ticks += ticks;
        Wall = Wall.AddTicks(ticks);
    }

    /// <summary>A machine that starts counts its timestamps from near nought.</summary>
    public void Reboot() => _ticks = TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Wall;
}

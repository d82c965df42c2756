namespace EdgeFace.Tests.Delivery;

/// <summary>A clock that goes when it is told, and whose wall part jumps without the other.</summary>
sealed class StepClock : TimeProvider
{
    long _ticks = TimeSpan.TicksPerDay;
    TimeSpan _wall = TimeSpan.Zero;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;

    public void Jump(TimeSpan by) => _wall += by;

    /// <summary>As if it had never jumped.</summary>
    public void Correct() => _wall = TimeSpan.Zero;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(_ticks) + _wall;
}

namespace EdgeFace.Tests;

/// <summary>
/// A clock that runs slower than the machine's: what has to keep up with a video keeps up on a machine that is that much slower, or has
/// other tests to run meanwhile.
/// </summary>
/// <param name="factor">How many of the machine's seconds one of its own takes.</param>
sealed class SlowTime(double factor) : TimeProvider
{
    readonly long _began = System.GetTimestamp();
    readonly DateTimeOffset _at = System.GetUtcNow();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => _began + (long)((System.GetTimestamp() - _began) / factor);

    public override DateTimeOffset GetUtcNow() => _at + ((System.GetUtcNow() - _at) / factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SlowTimer(System.CreateTimer(callback, state, Stretched(dueTime), Stretched(period)), Stretched);

    TimeSpan Stretched(TimeSpan own) => own == Timeout.InfiniteTimeSpan ? own : own * factor;

    sealed class SlowTimer(ITimer timer, Func<TimeSpan, TimeSpan> stretched) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(stretched(dueTime), stretched(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

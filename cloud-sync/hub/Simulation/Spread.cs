namespace EdgeFace.Hub.Simulation;

/// <summary>Times, in classes that are each a hundredth wider than the one before: bounded, whatever is measured. Safe to use from several threads.</summary>
sealed class Spread
{
    const double Growth = 1.01;
    const int Classes = 2_400; // up to some 6 h

    readonly long[] _counts = new long[Classes];
    long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(TimeSpan time)
    {
        var place = time.TotalMicroseconds <= 1 ? 0 : (int)Math.Min(Classes - 1, Math.Log(time.TotalMicroseconds, Growth));
        Interlocked.Increment(ref _counts[place]);
        Interlocked.Increment(ref _count);
    }

    /// <param name="part">0.95 for the time that 95 of a hundred stayed under.</param>
    public TimeSpan At(double part)
    {
        var (wanted, seen) = ((long)Math.Ceiling(Count * part), 0L);
        for (var i = 0; i < Classes; i++)
            if ((seen += Interlocked.Read(ref _counts[i])) >= wanted && seen > 0) return TimeSpan.FromMicroseconds(Math.Pow(Growth, i + 1));
        return TimeSpan.Zero;
    }

    public override string ToString() => Count == 0 ? "none" : string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"p50 {At(0.5).TotalMilliseconds:0} ms, p95 {At(0.95).TotalMilliseconds:0} ms, p99 {At(0.99).TotalMilliseconds:0} ms, longest {At(1).TotalMilliseconds:0} ms");
}

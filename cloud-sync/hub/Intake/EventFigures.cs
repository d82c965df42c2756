using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Intake;

/// <summary>The last hours in figures.</summary>
/// <param name="From">The first hour's beginning.</param>
/// <param name="Hours">How many hours; the last one is not over.</param>
/// <param name="Counts">Decisions by hour and kind, in the order of time.</param>
/// <param name="Swift">How many decisions fell in each class of <see cref="EventSummary.LatencyClasses"/>, and one more.</param>
sealed record DayFigures(DateTimeOffset From, int Hours, IReadOnlyList<HourTotal> Counts, IReadOnlyList<long> Swift)
{
    public long Granted => Counts.Where(each => each.Kind == "granted").Sum(each => each.Count);

    public long Denied => Counts.Where(each => each.Kind.StartsWith("denied.", StringComparison.Ordinal)).Sum(each => each.Count);

    /// <summary>Somewhere in the class where it lies, as if its times were spread evenly; null: nothing was timed, or it lies above all classes.</summary>
    public double? Percentile(double part)
    {
        var all = Swift.Sum();
        if (all == 0) return null;

        var (wanted, seen) = (part * all, 0L);
        for (var i = 0; i < EventSummary.LatencyClasses.Length; i++)
        {
            if (Swift[i] > 0 && seen + Swift[i] >= wanted)
            {
                var low = i == 0 ? 0 : EventSummary.LatencyClasses[i - 1];
                return low + ((EventSummary.LatencyClasses[i] - low) * (wanted - seen) / Swift[i]);
            }

            seen += Swift[i];
        }

        return null;
    }
}

/// <summary>
/// Figures for the dashboard, from what was counted as events came; the table of events is not touched. Read at most every few seconds,
/// however many look.
/// </summary>
sealed class EventFigures(IDatabase database, TimeProvider time) : IDisposable
{
    const int Hours = 24;

    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    readonly SemaphoreSlim _turn = new(1);
    (long At, DayFigures Figures)? _read;

    public async Task<DayFigures> LastDayAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (_read is var (at, figures) && time.GetElapsedTime(at) < Fresh) return figures;

            var read = await ReadAsync(stop);
            _read = (time.GetTimestamp(), read);
            return read;
        }
        finally
        {
            _turn.Release();
        }
    }

    async Task<DayFigures> ReadAsync(CancellationToken stop)
    {
        var from = Moment.Of(((time.Now() / EventSummary.HourMicroseconds) - Hours + 1) * EventSummary.HourMicroseconds);
        await using var connection = await database.OpenAsync(stop);
        var counts = await EventTotals.ByHourAsync(connection, from, stop);
        return new DayFigures(
            from, Hours, [.. counts.Where(each => each.Kind == "granted" || each.Kind.StartsWith("denied.", StringComparison.Ordinal))],
            await EventTotals.SwiftnessAsync(connection, from, stop));
    }

    public void Dispose() => _turn.Dispose();
}

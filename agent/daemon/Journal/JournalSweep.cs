namespace EdgeFace.Journal;

/// <summary>
/// What leaves at the old end, a piece at a time: what is older than the retention, and what the size has no room for.
/// Only a prefix ever leaves, so that the rest stays proved.
/// </summary>
sealed class JournalSweep(JournalOptions options, TimeProvider time)
{
    /// <summary>A transaction of the sweep is some ten milliseconds, and events go in between.</summary>
    const int PieceMax = 5_000;

    /// <summary>The database is kept below its size by this much: a batch and the log come on top.</summary>
    const double Fill = 0.95;

    static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    /// <summary>More than this between wall clock and monotonic clock since the anchor is a clock that jumped.</summary>
    static readonly TimeSpan JumpMax = TimeSpan.FromMinutes(10);

    readonly long _bytesMax = (long)(options.MegabytesMax * 1_000_000L * Fill);
    volatile Anchor _anchor = new(time.GetUtcNow(), time.GetTimestamp());
    long? _last;
    bool _more;

    /// <summary>
    /// The wall clock is right from now on, says whoever answers for it: a step that made it so is no jump. Nothing else lets go
    /// of a jump, not even that the clock goes back.
    /// </summary>
    public void Trust() => _anchor = new Anchor(time.GetUtcNow(), time.GetTimestamp());

    public long Pruned { get; private set; }

    public long PrunedUnsent { get; private set; }

    /// <summary>What is to leave now, and the event that says so; null: nothing.</summary>
    public (long UpTo, AccessEvent Tell)? Next(JournalFile file, bool clockTrusted)
    {
        var used = file.UsedBytes();
        if (used > _bytesMax && file.Count > 1) return ForRoom(file, used);
        if (!_more && _last is { } last && time.GetElapsedTime(last) < Between) return null;

        _last = time.GetTimestamp();
        return clockTrusted && !Jumped() ? ForAge(file) : null;
    }

    /// <summary>Which newcomers the size still has room for, where nothing may leave.</summary>
    public EventPriority? RefuseFrom(JournalFile file) => options.WhenFull is not JournalFull.KeepUnsent ? null
        : (file.UsedBytes() / (double)_bytesMax) switch
        {
            < 1 => null,
            < 1.05 => EventPriority.Telemetry,
            < 1.1 => EventPriority.Access,
            _ => EventPriority.Alarm,
        };

    (long, AccessEvent)? ForRoom(JournalFile file, long used)
    {
        var piece = Math.Clamp(file.Count / 100, 100, PieceMax);
        var upTo = Math.Min(file.Base.Seq + piece, file.Tail.Seq - 1);
        if (options.WhenFull is JournalFull.KeepUnsent && file.FirstUnsent() is { } unsent) upTo = Math.Min(upTo, unsent - 1);
        if (upTo <= file.Base.Seq) return null;

        var hours = file.Oldest() is { } oldest ? (time.GetUtcNow() - oldest).TotalHours : 0;
        var broken = file.Count < options.EventsMin && hours < options.HoursMin;
        return Leave(file, upTo, broken ? "size-too-small" : "size", used / 1e6, options.MegabytesMax, broken
            ? $"MegabytesMax holds neither {options.EventsMin} events nor {options.HoursMin} h: raise it." : null);
    }

    (long, AccessEvent)? ForAge(JournalFile file)
    {
        var upTo = file.OlderThan(time.GetUtcNow() - TimeSpan.FromDays(options.RetentionDays), PieceMax);
        _more = upTo >= file.Base.Seq + PieceMax;
        return upTo <= file.Base.Seq ? null : Leave(file, upTo, "age", file.Count, options.RetentionDays, null);
    }

    (long, AccessEvent) Leave(JournalFile file, long upTo, string reason, double value, double limit, string? remedy)
    {
        var (count, unsent) = (upTo - file.Base.Seq, file.UnsentUpTo(upTo));
        Pruned += count;
        PrunedUnsent += unsent;
        var more = new Dictionary<string, string>
        {
            ["up_to_seq"] = Text(upTo),
            ["events"] = Text(count),
            ["unsent"] = Text(unsent),
        };
        var priority = remedy is not null || unsent > 0 ? EventPriority.Alarm : EventPriority.Telemetry;
        return (upTo, new AccessEvent(
            "journal.pruned", time.GetUtcNow(), Reason: reason, Value: value, Limit: limit, Remedy: remedy,
            Priority: priority, More: more));
    }

    static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    bool Jumped()
    {
        var anchor = _anchor;
        return (time.GetUtcNow() - anchor.Wall - time.GetElapsedTime(anchor.Stamp)).Duration() > JumpMax;
    }

    /// <summary>One moment by both clocks.</summary>
    sealed record Anchor(DateTimeOffset Wall, long Stamp);
}

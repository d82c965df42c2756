namespace EdgeFace.Delivery;

/// <summary>
/// How long an event without a receipt waits before it goes again: longer than receipts take just now, and twice as long each time, up to
/// a limit. A consumer that falls behind would otherwise be sent everything twice, and fall behind more. Receipts are measured as TCP
/// measures acknowledgements (RFC 6298; of what was sent once only, which is Karn's rule).
/// </summary>
sealed class RetryPauses(DeliveryOptions options)
{
    /// <summary>A consumer that is slower than this is given fewer and fuller messages.</summary>
    static readonly TimeSpan Slow = TimeSpan.FromSeconds(1), GatherMax = TimeSpan.FromSeconds(5);

    double _smoothed = double.NaN, _deviation;

    /// <summary>How long new events are gathered before a message is sent where others have no receipt yet.</summary>
    public TimeSpan Gather => double.IsNaN(_smoothed) || _smoothed < Slow.TotalSeconds ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(_smoothed / 2, GatherMax.TotalSeconds));

    /// <param name="took">From when an event was sent, once only, to its receipt.</param>
    public void Seen(TimeSpan took)
    {
        var seconds = took.TotalSeconds;
        if (double.IsNaN(_smoothed))
        {
            (_smoothed, _deviation) = (seconds, seconds / 2);
            return;
        }

        _deviation += (Math.Abs(seconds - _smoothed) - _deviation) / 4;
        _smoothed += (seconds - _smoothed) / 8;
    }

    /// <param name="attempts">How often it was sent, from 1.</param>
    public TimeSpan After(int attempts)
    {
        var first = double.IsNaN(_smoothed) ? options.RetrySeconds : Math.Max(options.RetrySeconds, _smoothed + (4 * _deviation));
        var seconds = first * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return TimeSpan.FromSeconds(Math.Min(seconds, Math.Max(options.RetrySeconds, options.RetrySecondsMax)));
    }
}

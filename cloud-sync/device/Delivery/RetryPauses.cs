namespace EdgeFace.Delivery;

/// <summary>How long an event without a receipt waits before it goes again: twice as long each time, up to a limit.</summary>
sealed class RetryPauses(DeliveryOptions options)
{
    /// <param name="attempts">How often it was sent, from 1.</param>
    public TimeSpan After(int attempts)
    {
        var seconds = options.RetrySeconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20));
        return TimeSpan.FromSeconds(Math.Min(seconds, Math.Max(options.RetrySeconds, options.RetrySecondsMax)));
    }
}

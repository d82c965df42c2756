namespace EdgeFace.Cli;

/// <summary>Holds a play back to the video's own time. Without a clock it holds nothing back.</summary>
sealed class DemoPace(TimeProvider? time)
{
    readonly long _began = time?.GetTimestamp() ?? 0;

    /// <summary>Waits until so much of the scene may have been shown.</summary>
    public void HoldUntil(TimeSpan at, CancellationToken stop)
    {
        if (time is null) return;

        var early = at - time.GetElapsedTime(_began);
        if (early > TimeSpan.Zero) stop.WaitHandle.WaitOne(early);
    }
}

namespace EdgeFace.Hub.Operators;

/// <summary>Entries that were written inside of other transactions are noted soon after, too.</summary>
sealed partial class AuditHeadLoop(AuditLog audit, TimeProvider time, ILogger<AuditHeadLoop> log) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pause, time);
        var wasWhole = true;
        try
        {
            do
            {
                var isWhole = await audit.NoteAsync(stop);
                if (wasWhole && !isWhole) LogCutOff();
                wasWhole = isWhole;
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // told to stop
        }
    }

    [LoggerMessage(EventId = 20_100, Level = LogLevel.Critical,
        Message = "The audit log no longer has the entry that was noted as its newest: its end was cut off, or the database was put back from an older copy. Look at /audit.")]
    partial void LogCutOff();
}

using System.Data.Common;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// Keeps the list of revoked certificates on this instance's disk as the database has it: whichever instance revoked, and before the list
/// ends, since a broker with an old list refuses every device.
/// </summary>
sealed partial class RevocationLoop(Provisioning provisioning, TimeProvider time, ILogger<RevocationLoop> logger) : BackgroundService
{
    static readonly TimeSpan Look = TimeSpan.FromMinutes(1), Renew = TimeSpan.FromHours(12);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look, time);
        var (written, at) = (-1, 0L);
        do
        {
            try
            {
                var serials = await provisioning.RevokedSerialsAsync(stop);
                if (serials.Count == written && time.GetElapsedTime(at) < Renew) continue;

                provisioning.WriteRevoked(serials);
                (written, at) = (serials.Count, time.GetTimestamp());
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
            {
                LogNotWritten(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    [LoggerMessage(EventId = 22013, Level = LogLevel.Error, Message = "The list of revoked certificates could not be written, it is tried again: {Fault}")]
    partial void LogNotWritten(string fault);
}

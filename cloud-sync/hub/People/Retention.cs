using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>Erases whose time has run out, and scrubs the files of what was erased.</summary>
sealed partial class Retention(
    IDatabase database, Erasures erasures, Uploads uploads, Scrubbing scrubbing, TimeProvider time, ILogger<Retention> logger) : BackgroundService
{
    const int AtOnce = 100;

    static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    /// <summary>Hears that somebody was erased.</summary>
    public Action Erased { get; set; } = () => { };

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Round, time);
        do
        {
            try
            {
                await using var lease = await database.TryLeaseAsync("retention", stop);
                if (lease is null) continue;

                foreach (var person in await erasures.DueAsync(AtOnce, stop))
                    if (await erasures.EraseAsync(person, "retention", "the time for which he was to be kept is over", stop)) Erased();
                await uploads.ExpireAsync(stop);
                await scrubbing.DoAsync(stop);
            }
            catch (Exception e) when (e is DbException or StoreException)
            {
                LogNotDone(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    [LoggerMessage(EventId = 23010, Level = LogLevel.Error, Message = "Whose time has run out could not be erased now; it is tried again in a minute: {Fault}")]
    partial void LogNotDone(string fault);
}

using System.Data.Common;
using System.Globalization;
using System.Threading.Channels;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>Works through bulk jobs, one line after the other.</summary>
sealed partial class BulkLoop(
    BulkJobs jobs, PersonStore people, PhotoDesk photos, Enrollments enrollments, ConsentTexts consent, AuditLog audit, TimeProvider time, ILogger<BulkLoop> logger) : BackgroundService
{
    static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Hears that somebody was enrolled.</summary>
    public Action Enrolled { get; set; } = () => { };

    /// <summary>There is a new job.</summary>
    public void Ring() => _bell.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        var isSwept = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!isSwept) await jobs.SweepAsync(stop);
                isSwept = true;
                while (await jobs.NextAsync(stop) is { } job) await WorkAsync(job, stop);
            }
            catch (Exception e) when (e is DbException or StoreException or IOException)
            {
                LogNotNow(e.Message);
            }

            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            using var timer = time.CreateTimer(source => ((CancellationTokenSource?)source)?.Cancel(), late, Round, Timeout.InfiniteTimeSpan);
            await ((Task)_bell.Reader.ReadAsync(late.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task WorkAsync(BulkJob job, CancellationToken stop)
    {
        while (await jobs.FindAsync(job.Id, stop) is { IsRunning: true } && await jobs.NextRowAsync(job.Id, stop) is var (row, line, person))
        {
            var outcome = await TakeAsync(job, row, line, person, stop);
            await jobs.TellAsync(job.Id, outcome, stop);
            if (outcome.Outcome is not "enrolled") continue;

            Enrolled();
        }

        await jobs.EndAsync(job.Id, "done", stop);
        var ended = await jobs.FindAsync(job.Id, stop);
        await audit.WriteAsync(job.By, "bulk.end", job.Id, $"{ended?.Done} enrolled, {ended?.Refused} refused", stop);
    }

    async Task<BulkOutcome> TakeAsync(BulkJob job, long row, BulkLine line, string person, CancellationToken stop)
    {
        BulkOutcome Refused(string reason, string? like = null) => new(row, "refused", like, reason);

        if (await people.FindAsync(person, stop) is not null) return new BulkOutcome(row, "enrolled", person, null); // just before the hub went down
        if (ConsentOf(line, job.Created) is not { } agreed)
            return Refused("No consent: say yes, or the day on which the person agreed, in the column consent. No photo was looked at.");
        if (line.Photos.Length == 0) return Refused("No photo is named.");

        var text = await consent.NewestAsync(stop);
        var (good, bad) = (new List<NewTemplate>(), new List<string>());
        foreach (var (i, photo) in line.Photos.Index())
        {
            if (jobs.Photo(job.Id, photo) is not { } bytes)
            {
                bad.Add($"Photo {i + 1} was not uploaded under that name.");
                continue;
            }

            var verdict = await photos.LookAsync(bytes, job.Created, stop);
            if (verdict.Template is { } template) good.Add(template);
            else bad.Add($"Photo {i + 1}: {verdict.Words}");
        }

        if (good.Count == 0) return Refused(string.Join(" ", bad));

        var details = new PersonDetails(line.Name, new PushedConsent(agreed, text.Version), job.By, ValidUntil: line.ValidUntil);
        var outcome = await enrollments.EnrollAsync(details, line.Groups, job.Gallery, good, null, "bulk", force: false, stop, person, new Doer(audit, job.By, $"bulk {job.Id}, line {row}"));
        return outcome switch
        {
            { Person: not null } => new BulkOutcome(row, "enrolled", person, bad.Count == 0 ? null : string.Join(" ", bad)),
            { Like: { } like } => Refused("Somebody who is enrolled already has this face. If these are twins, enrol this one by hand.", like),
            _ => Refused(outcome.Fault ?? "It could not be enrolled."),
        };
    }

    static DateTimeOffset? ConsentOf(BulkLine line, DateTimeOffset uploaded) =>
        line.Consent.Equals("yes", StringComparison.OrdinalIgnoreCase) ? uploaded
        : DateTimeOffset.TryParse(line.Consent, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && at <= uploaded ? at : null;

    [LoggerMessage(EventId = 23020, Level = LogLevel.Error, Message = "A bulk enrolment does not go on now; it is tried again: {Fault}")]
    partial void LogNotNow(string fault);
}

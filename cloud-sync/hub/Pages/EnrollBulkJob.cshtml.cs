using System.Globalization;
using System.Text;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>How far a bulk enrolment is, and what came of each line.</summary>
[Needs(Permission.Enroll)]
sealed class EnrollBulkJobModel(BulkJobs jobs, KnownPeople known, AuditLog audit) : PageModel
{
    const int RefusedMax = 500;

    public BulkJob Job { get; private set; } = new("", default, "", "", "", null, 0, 0, 0);

    public IReadOnlyList<BulkOutcome> Refused { get; private set; } = [];

    public IReadOnlyDictionary<string, Person> People { get; private set; } = new Dictionary<string, Person>();

    public string Sentence => $"{Job.Done + Job.Refused} of {Job.Rows} looked at: {Job.Done} enrolled, {Job.Refused} refused. {(Job.IsRunning ? "It goes on." : Job.State is "stopped" ? "It was stopped; the photos are deleted." : "It is over; the photos are deleted.")}";

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken stop) => await ReadAsync(id, stop) ? Page() : NotFound();

    public async Task<IActionResult> OnGetStateAsync(string id, CancellationToken stop)
    {
        if (!await ReadAsync(id, stop)) return NotFound();

        if (!Job.IsRunning) Response.Headers["X-Done"] = "1";
        return Content(Sentence, "text/plain; charset=utf-8");
    }

    public async Task<IActionResult> OnGetCsvAsync(string id, CancellationToken stop)
    {
        if (!await ReadAsync(id, stop)) return NotFound();

        var text = new StringBuilder("line,outcome,person,reason\r\n");
        foreach (var row in await jobs.OutcomesAsync(id, refusedOnly: false, BulkCsv.RowsMax, stop))
            text.Append(CultureInfo.InvariantCulture, $"{row.Row + 1},{row.Outcome ?? "waiting"},{row.Person},{Storage.Csv.Cell(row.Reason ?? "")}\r\n");
        return File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv", "bulk.csv");
    }

    public async Task<IActionResult> OnPostStopAsync(string id, CancellationToken stop)
    {
        if (await jobs.FindAsync(id, stop) is not { IsRunning: true }) return NotFound();

        await jobs.EndAsync(id, "stopped", stop, new Doer(audit, User.Actor()));
        return Redirect($"/enroll/bulk/{id}");
    }

    async Task<bool> ReadAsync(string id, CancellationToken stop)
    {
        if (await jobs.FindAsync(id, stop) is not { } job) return false;

        (Job, Refused, People) = (job, await jobs.OutcomesAsync(id, refusedOnly: true, RefusedMax, stop), await known.AllAsync(stop));
        return true;
    }
}

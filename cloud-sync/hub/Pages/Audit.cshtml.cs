using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The audit log: searched, checked, taken along.</summary>
[Needs(Permission.Audit)]
sealed class AuditModel(AuditLog audit) : PageModel
{
    const int PageRows = 100, FileRowsMax = 100_000, FileChunk = 1000;

    [BindProperty(SupportsGet = true)]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public DateOnly? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    public IReadOnlyList<AuditRow> Rows { get; private set; } = [];

    public AuditVerdict? Verdict { get; private set; }

    public string? Older { get; private set; }

    public static string Time(AuditRow row) => Moment.Of(row.At).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public async Task OnGetAsync(CancellationToken stop)
    {
        Rows = await audit.ListAsync(Query(Before), PageRows, stop);
        if (Rows.Count == PageRows) Older = $"/audit?text={Uri.EscapeDataString(Text ?? "")}&from={From:yyyy-MM-dd}&to={To:yyyy-MM-dd}&before={Rows[^1].Seq}";
    }

    public async Task OnPostVerifyAsync(CancellationToken stop)
    {
        Verdict = await audit.VerifyAsync(stop);
        await audit.WriteAsync(User.Actor(), "audit.verify", "", Verdict.Fault ?? $"{Verdict.Rows} entries are whole", stop);
        await OnGetAsync(stop);
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken stop) => SaveAsync("csv", "text/csv", "seq,at,actor,action,target,detail,hash\r\n", Csv, "", stop);

    public Task<IActionResult> OnGetJsonAsync(CancellationToken stop) => SaveAsync("jsonl", "application/jsonl", "", Json, "\n", stop);

    async Task<IActionResult> SaveAsync(
        string kind, string type, string head, Func<AuditRow, string> line, string end, CancellationToken stop)
    {
        await audit.WriteAsync(User.Actor(), "audit.export", kind, Text ?? "", stop);
        Response.ContentType = $"{type}; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{kind}\"";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteAsync(head);
        var (before, left) = (Before, FileRowsMax);
        while (left > 0 && await audit.ListAsync(Query(before), FileChunk, stop) is { Count: > 0 } rows)
        {
            foreach (var row in rows) await writer.WriteAsync(line(row) + end);
            await writer.FlushAsync(stop);
            (before, left) = (rows[^1].Seq, left - rows.Count);
        }

        return new EmptyResult();
    }

    AuditQuery Query(long? before) => new(
        Text, From is { } from ? Moment.Of(Midnight(from)) : null, To is { } to ? Moment.Of(Midnight(to).AddDays(1)) - 1 : null, before);

    static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    static string Json(AuditRow row) => JsonSerializer.Serialize(new
    {
        seq = row.Seq,
        at = Time(row),
        actor = row.Actor,
        action = row.Action,
        target = row.Target,
        detail = row.Detail,
        hash = Convert.ToHexStringLower(row.Hash),
    });

    static string Csv(AuditRow row) => string.Join(
        ',', row.Seq.ToString(CultureInfo.InvariantCulture), Time(row), Storage.Csv.Cell(row.Actor), Storage.Csv.Cell(row.Action), Storage.Csv.Cell(row.Target), Storage.Csv.Cell(row.Detail),
        Convert.ToHexStringLower(row.Hash)) + "\r\n";
}

using System.Globalization;
using System.Text.Json;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who was erased, by random ids.</summary>
[Needs(Permission.ViewPeople)]
sealed class ErasuresModel(Erasures erasures, AuditLog audit) : PageModel
{
    const int PageRows = 50, FileRowsMax = 500;

    const string CsvHead = "person,asked,by,templates,sha256,gallery,version,device,state,received,erased,device_templates,device_sha256\r\n";

    [BindProperty(SupportsGet = true, Name = "skip")]
    public int Skip { get; set; }

    public IReadOnlyList<ErasureCount> Rows { get; private set; } = [];

    /// <summary>Of how many a file tells, from the first of this page on.</summary>
    public static int FileRows => FileRowsMax;

    public int? Next { get; private set; }

    public int? Previous { get; private set; }

    public async Task OnGetAsync(CancellationToken stop)
    {
        var skip = Math.Max(0, Skip);
        var rows = await erasures.ListAsync(skip, PageRows + 1, stop);
        Rows = [.. rows.Take(PageRows)];
        if (rows.Count > PageRows) Next = skip + PageRows;
        if (skip > 0) Previous = Math.Max(0, skip - PageRows);
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken stop) => SaveAsync("csv", "text/csv", CsvHead, "", "", (erasure, devices) => string.Concat(
        devices.Select(device => (ErasureAtDevice?)device).DefaultIfEmpty().Select(device => string.Join(',',
            erasure.Person, Time(erasure.AskedAt), Csv.Cell(erasure.By), Number(erasure.Templates), erasure.Digest, Csv.Cell(erasure.Gallery), Number(erasure.Version),
            Csv.Cell(device?.Device ?? ""), Word(device?.State), Time(device?.ReceivedAt), Time(device?.Statement?.ErasedAt), Number(device?.Statement?.Templates),
            device?.Statement?.Sha256 ?? "") + "\r\n")), stop);

    public Task<IActionResult> OnGetJsonAsync(CancellationToken stop) => SaveAsync("json", "application/json", "[", ",", "]", (erasure, devices) => JsonSerializer.Serialize(new
    {
        person = erasure.Person,
        asked = erasure.AskedAt,
        by = erasure.By,
        why = erasure.Why,
        templates = erasure.Templates,
        sha256 = erasure.Digest,
        gallery = erasure.Gallery,
        version = erasure.Version,
        statement = erasure.Signature,
        devices = devices.Select(device => new
        {
            device = device.Device,
            state = Word(device.State),
            received = device.ReceivedAt,
            erased = device.Statement?.ErasedAt,
            templates = device.Statement?.Templates,
            sha256 = device.Statement?.Sha256,
        }),
    }), stop);

    /// <summary>One erasure after the other: a large fleet fits no memory.</summary>
    async Task<IActionResult> SaveAsync(
        string kind, string type, string head, string between, string tail, Func<Erasure, IReadOnlyList<ErasureAtDevice>, string> write, CancellationToken stop)
    {
        if (!User.May(Permission.Export)) return Forbid();

        var rows = await erasures.ListAsync(Math.Max(0, Skip), FileRowsMax, stop);
        await audit.WriteAsync(User.Actor(), "erasure.export", kind, $"{rows.Count} erasures", stop);
        (Response.ContentType, Response.Headers.ContentDisposition) = ($"{type}; charset=utf-8", $"attachment; filename=\"erasures.{kind}\"");
        await Response.WriteAsync(head, stop);
        foreach (var (i, row) in rows.Index())
            await Response.WriteAsync((i == 0 ? "" : between) + write(row.Erasure, await erasures.DevicesAsync(row.Erasure, isVerified: false, stop)), stop);
        await Response.WriteAsync(tail, stop);
        return new EmptyResult();
    }

    public static string Word(ErasureState? state) => state is { } known ? JsonNamingPolicy.KebabCaseLower.ConvertName($"{known}") : "";

    static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}

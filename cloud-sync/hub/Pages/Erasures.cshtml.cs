using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who was erased, by random ids.</summary>
[Needs(Permission.ViewPeople)]
sealed class ErasuresModel(Erasures erasures, AuditLog audit) : PageModel
{
    const int RowsMax = 500, FileRowsMax = 100_000;

    public IReadOnlyList<(Erasure Erasure, int Devices, int Missing)> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop)
    {
        var rows = new List<(Erasure, int, int)>();
        foreach (var erasure in await erasures.ListAsync(RowsMax, stop))
        {
            var devices = await erasures.DevicesAsync(erasure, stop);
            rows.Add((erasure, devices.Count, devices.Count(device => !ErasureModel.IsDone(device))));
        }

        Rows = rows;
    }

    public Task<IActionResult> OnGetCsvAsync(CancellationToken stop) => SaveAsync("csv", "text/csv", rows =>
        "person,asked,by,templates,sha256,gallery,version,device,received,erased,device_templates,device_sha256,past\r\n" + string.Concat(rows.SelectMany(row =>
            row.Devices.Select(device => (ErasureAtDevice?)device).DefaultIfEmpty().Select(device => string.Join(',',
                row.Erasure.Person, Time(row.Erasure.AskedAt), Storage.Csv.Cell(row.Erasure.By), Number(row.Erasure.Templates), row.Erasure.Digest,
                Storage.Csv.Cell(row.Erasure.Gallery), Number(row.Erasure.Version), Storage.Csv.Cell(device?.Device ?? ""), Time(device?.ReceivedAt),
                Time(device?.Statement?.ErasedAt), Number(device?.Statement?.Templates), device?.Statement?.Sha256 ?? "", device?.IsPast == true ? "yes" : "no") + "\r\n"))), stop);

    public Task<IActionResult> OnGetJsonAsync(CancellationToken stop) => SaveAsync("json", "application/json", rows => JsonSerializer.Serialize(rows.Select(row => new
    {
        person = row.Erasure.Person,
        asked = row.Erasure.AskedAt,
        by = row.Erasure.By,
        why = row.Erasure.Why,
        templates = row.Erasure.Templates,
        sha256 = row.Erasure.Digest,
        gallery = row.Erasure.Gallery,
        version = row.Erasure.Version,
        statement = row.Erasure.Signature,
        devices = row.Devices.Select(device => new
        {
            device = device.Device,
            received = device.ReceivedAt,
            erased = device.Statement?.ErasedAt,
            templates = device.Statement?.Templates,
            sha256 = device.Statement?.Sha256,
            complete = device.Statement?.Complete,
            has_version_without = device.IsPast,
        }),
    })), stop);

    async Task<IActionResult> SaveAsync(
        string kind, string type, Func<List<(Erasure Erasure, IReadOnlyList<ErasureAtDevice> Devices)>, string> write, CancellationToken stop)
    {
        if (!User.May(Permission.Export)) return Forbid();

        var rows = new List<(Erasure, IReadOnlyList<ErasureAtDevice>)>();
        foreach (var erasure in await erasures.ListAsync(FileRowsMax, stop)) rows.Add((erasure, await erasures.DevicesAsync(erasure, stop)));
        await audit.WriteAsync(User.Actor(), "erasure.export", kind, $"{rows.Count} erasures", stop);
        return File(Encoding.UTF8.GetBytes(write(rows)), type, $"erasures.{kind}");
    }

    static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    static string Number(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}

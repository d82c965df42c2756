using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Asks a device for the end of its log, and shows it when it comes.</summary>
[Needs(Permission.Fleet)]
sealed class DeviceLogModel(DeviceStore devices, CommandDesk commands, AuditLog audit, TimeProvider time) : PageModel
{
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public Device? Device { get; private set; }

    public SentCommand? Asked { get; private set; }

    /// <summary>As JSON; null: it has not come.</summary>
    public string? Log { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, string? id, CancellationToken stop)
    {
        Device = await devices.FindAsync(name, stop);
        if (Device is not { Revoked: null }) return NotFound();

        Asked = id is null ? null : await commands.FindAsync(id, stop);
        if (Asked is { Device: var whose } && whose != name) return NotFound();
        if (Asked is not null && await commands.MoreAsync(Asked.Id, stop) is { } more) Log = JsonSerializer.Serialize(JsonElement.Parse(more), Readable);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken stop)
    {
        if (await devices.FindAsync(name, stop) is not { Revoked: null }) return NotFound();

        await audit.WriteAsync(User.Actor(), "device.log", name, "", stop);
        var id = await commands.SendAsync(new CommandDocument("", name, "log", default, default), User.Actor(), stop);
        return Redirect($"/devices/{Uri.EscapeDataString(name)}/log?id={id}");
    }
}

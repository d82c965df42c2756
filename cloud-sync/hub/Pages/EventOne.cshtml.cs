using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>All of one event.</summary>
[Needs(Permission.ViewEvents)]
sealed class EventOneModel(IDatabase database, KnownPeople people, CommandDesk commands) : PageModel
{
    static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public EventRow? Row { get; private set; }

    /// <summary>The command that it is of; null: of none that is known.</summary>
    public SentCommand? Order { get; private set; }

    public string Json { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (await EventList.FindAsync(connection, id, stop) is not { } what) return NotFound();

        Row = EventRow.Of(what, User.May(Permission.ViewPeople) ? await people.AllAsync(stop) : null);
        var order = what.More.FirstOrDefault(each => each.Name == "order" || (each.Name == "id" && what.Kind.StartsWith("cloud.command-", StringComparison.Ordinal))).Value;
        if (order is not null && await commands.FindAsync(order, stop) is { } sent && sent.Device == what.Device) Order = sent;
        Json = JsonSerializer.Serialize(JsonElement.Parse(what.Body), Readable);
        return Page();
    }
}

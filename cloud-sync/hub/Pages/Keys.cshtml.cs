using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Which key signs what, and what devices trust.</summary>
[Needs(Permission.Keys)]
[StepUp]
sealed class KeysModel(HubKeys keys, HubFolder folder, HubLink link, IDatabase database, AuditLog audit, Instances instances) : PageModel
{
    public static readonly IReadOnlyList<(KeyRole Role, string Signs)> Roles =
    [
        (KeyRole.Root, "the next set of trusted keys, and nothing else"),
        (KeyRole.Enrollment, "galleries and erasures: who is let in"),
        (KeyRole.Command, "commands: unlock, lockdown"),
        (KeyRole.Settings, "settings of devices"),
        (KeyRole.Receipt, "receipts for events"),
    ];

    public string? Done { get; private set; }

    public long Version => keys.Trust.Version;

    public IReadOnlyList<(string Name, bool IsOnline, long? Trust)> Devices { get; private set; } = [];

    /// <summary>Why the token does not sign, or a key could not be changed.</summary>
    public string? Fault { get; private set; }

    public (string Words, bool IsRight) PlaceOf(KeyRole role) => keys.PlaceOf(role);

    public string IdOf(KeyRole role) => keys.Of(role).Public.Id;

    public async Task OnGetAsync(CancellationToken stop)
    {
        Fault = keys.TokenFault;
        await using var connection = await database.OpenAsync(stop);
        Devices = await connection.ListAsync(
            "SELECT name, status, trust FROM device WHERE revoked IS NULL ORDER BY name LIMIT 1000",
            row => (row.GetString(0), row.GetString(1) == "online", row.Long(2)), [], stop);
    }

    public async Task<IActionResult> OnPostRotateAsync([FromForm] string? role, CancellationToken stop)
    {
        if (!Enum.TryParse<KeyRole>(role, ignoreCase: true, out var which) || !Enum.IsDefined(which)) return NotFound();

        if (instances.Living is { Count: > 1 } living)
        {
            await OnGetAsync(stop);
            Fault = $"The key was not changed: {living.Count} instances run ({string.Join(", ", living)}), and the others would go on with the old one. Stop all but this one, "
                + "change the key, copy the folder keys and trust.json to the others, and start them again.";
            return Page();
        }

        // A key is a file and no row: that somebody wants it changed is written before, and what came of it whoever has gone meanwhile.
        var before = IdOf(which);
        await audit.WriteAsync(User.Actor(), "key.rotate-wanted", $"{which}".ToLowerInvariant(), before, stop);
        var all = await NamesAsync(stop);
        string step;
        try
        {
            step = keys.Rotate(which);
        }
        catch (StoreException e)
        {
            await OnGetAsync(stop);
            Fault = $"The key was not changed. {e.Message}";
            return Page();
        }

        // First of all whoever signs with it no more believes it no more; a database that fails now is told at the next start.
        foreach (var name in all) link.First(name, DownChannel.Trust, step);
        await audit.WriteAsync(
            User.Actor(), "key.rotate", $"{which}".ToLowerInvariant(), $"{before} -> {IdOf(which)}, trust version {Version}", CancellationToken.None); // it is changed, whoever waits
        await CommonKeys.NoteTrustAsync(database, folder, keys, CancellationToken.None);
        await OnGetAsync(stop);
        Done = $"The key is changed, and the set of trusted keys, version {Version}, is on its way to {all.Count} devices. Those that are offline get it when they come back.";
        return Page();
    }

    async Task<List<string>> NamesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("SELECT name FROM device WHERE revoked IS NULL ORDER BY name", row => row.GetString(0), [], stop);
    }
}

using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>One erasure, as it can be given to the person.</summary>
[Needs(Permission.ViewPeople)]
sealed class ErasureModel(Erasures erasures) : PageModel
{
    public Erasure Erasure { get; private set; } = new("", default, "", "", 0, "", "", null, null);

    public IReadOnlyList<ErasureAtDevice> Devices { get; private set; } = [];

    /// <summary>Null: the hub's statement cannot be verified with the keys that it has now.</summary>
    public HubErasure? Statement { get; private set; }

    /// <summary>That signed it.</summary>
    public string? Key { get; private set; }

    public int Missing => Devices.Count(device => !IsDone(device));

    public bool IsComplete => Erasure.Version is not null && Missing == 0;

    public static bool IsDone(ErasureAtDevice device) => device.Statement is { Complete: true } || (device.Statement is null && device.IsPast);

    public async Task<IActionResult> OnGetAsync(string person, CancellationToken stop) => await ReadAsync(person, stop) ? Page() : NotFound();

    public async Task<IActionResult> OnGetStateAsync(string person, CancellationToken stop)
    {
        if (!await ReadAsync(person, stop)) return NotFound();

        if (IsComplete) Response.Headers["X-Done"] = "1";
        return Content(Sentence, "text/plain; charset=utf-8");
    }

    public string Sentence =>
        Erasure.Version is null ? "Erased here. The version of the gallery without this person is being signed."
        : Devices.Count == 0 ? "Erased here. No device had this gallery."
        : Missing == 0 ? $"Complete: erased here and at {(Devices.Count == 1 ? "the one device" : $"all {Devices.Count} devices")}."
        : $"Erased here; {Missing} of {Devices.Count} devices are still missing. Those that are offline do it when they come back.";

    async Task<bool> ReadAsync(string person, CancellationToken stop)
    {
        if (await erasures.FindAsync(person, stop) is not { } erasure) return false;

        (Erasure, Devices, Statement) = (erasure, await erasures.DevicesAsync(erasure, stop), erasures.Open(erasure));
        Key = erasure.Signature is { } text ? SignedText.KeyOf(System.Text.Encoding.ASCII.GetBytes(text)) : null;
        return true;
    }
}

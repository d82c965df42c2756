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
    public Erasure Erasure { get; private set; } = new("", default, "", "", 0, "", "", null, null, 0);

    public IReadOnlyList<ErasureAtDevice> Devices { get; private set; } = [];

    /// <summary>Null: the hub's statement cannot be verified with the keys that it has now.</summary>
    public HubErasure? Statement { get; private set; }

    /// <summary>That signed it.</summary>
    public string? Key { get; private set; }

    public bool IsComplete => Erasure.Version is not null && Devices.All(device => device.IsDone);

    public async Task<IActionResult> OnGetAsync(string person, CancellationToken stop) => await ReadAsync(person, stop) ? Page() : NotFound();

    public async Task<IActionResult> OnGetStateAsync(string person, CancellationToken stop)
    {
        if (!await ReadAsync(person, stop)) return NotFound();

        if (IsComplete) Response.Headers["X-Done"] = "1";
        return Content(Sentence, "text/plain; charset=utf-8");
    }

    public string Sentence
    {
        get
        {
            int Of(params ErasureState[] states) => Devices.Count(device => states.Contains(device.State));
            var (had, erased, unknown) = (Devices.Count - Of(ErasureState.NeverHad), Of(ErasureState.Erased), Of(ErasureState.NotKnown));
            if (Erasure.Version is null) return "Erased here. The version of the gallery without this person is being signed.";
            if (Devices.Count == 0) return "Erased here. No device had this gallery.";
            if (had == 0) return "Complete: erased here. The person was never sent to any device.";
            if (erased == had) return $"Complete: erased here and at {(had == 1 ? "the one device" : $"all {had} devices")}.";

            var waits = had - erased - unknown;
            return $"Not complete. Erased here and at {erased} of {had} devices."
                + (waits > 0 ? $" Of {waits} the signed receipt is missing; those that are offline do it when they come back." : "")
                + (unknown > 0 ? $" Of {unknown} it is not known: they are not believed any more, and may hold the person until somebody wipes them." : "");
        }
    }

    async Task<bool> ReadAsync(string person, CancellationToken stop)
    {
        if (await erasures.FindAsync(person, stop) is not { } erasure) return false;

        (Erasure, Devices, Statement) = (erasure, await erasures.DevicesAsync(erasure, isVerified: true, stop), erasures.Open(erasure));
        Key = erasure.Signature is { } text ? SignedText.KeyOf(System.Text.Encoding.ASCII.GetBytes(text)) : null;
        return true;
    }
}

using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Which people are in which version, and which device has which.</summary>
[Needs(Permission.Publish)]
sealed class GalleriesModel(GalleryStore galleries, DeviceStore devices, GalleryPublisher publisher, AuditLog audit) : PageModel
{
    public const int DevicesMax = 100;

    /// <summary>What helps where there are more people than a device can search.</summary>
    public const string Room =
        "The device has all of them, and the measurements of its model carry no search among so many at the share of strangers that its profile allows. "
        + "Its own status says which fpir would be enough: set that in its profile, or erase who has left.";

    const int Versions = 30;

    public IReadOnlyList<GallerySight> All { get; private set; } = [];

    public string? Done { get; private set; }

    public async Task OnGetAsync(CancellationToken stop)
    {
        var all = new List<GallerySight>();
        foreach (var gallery in await galleries.AllAsync(stop))
        {
            var (there, of) = await galleries.ReachAsync(gallery, stop);
            all.Add(new GallerySight(
                gallery, there, of, await galleries.FullAsync(gallery.Name, DevicesMax, stop), await galleries.LaggardsAsync(gallery, DevicesMax, stop), await galleries.PressingsAsync(gallery.Name, Versions, stop)));
        }

        All = all;
    }

    public async Task<IActionResult> OnPostAgainAsync([FromForm] string? device, CancellationToken stop)
    {
        if (await devices.FindAsync(device ?? "", stop) is not { Revoked: null, Gallery: { } gallery } found) return NotFound();

        await galleries.AgainAsync(found.Name, gallery, stop, new Doer(audit, User.Actor(), $"gallery {gallery}"));
        publisher.Ring();
        Done = found.IsOnline ? $"Everybody is on the way to {found.Name} anew." : $"{found.Name} is offline: it asks for the newest version itself when it comes back.";
        await OnGetAsync(stop);
        return Page();
    }

    /// <summary>What a device's refusal asks for; the code stands before the colon.</summary>
    public static string Remedy(string refusal) => refusal.Split(':')[0] switch
    {
        "malformed" or "wrong-algorithm" or "wrong-type" or "unknown-key" or "bad-signature" =>
            "Nobody whom the device trusts has signed that. Look whether the device has the newest trusted keys (Keys), and who else can write to the broker.",
        "wrong-gallery" or "not-for-me" => "It was meant for another device. If this goes on, provision the device anew.",
        "expired" or "not-yet" => "Compare the clocks of the device and of this machine; then send it again.",
        "wrong-model" => "The device compares faces with another model than this gallery's. Install the model of the gallery there.",
        "wrong-base" or "other-content" => "The device has another state than this hub thought. Send it again: that brings everybody anew.",
        "not-sealed-to-me" => "The device's key has changed. It says so when it reconnects; then send it again.",
        "bad-content" => "Somebody in the gallery cannot be kept there; the device says who is wrong, in its own log. Change that person, and the next version brings it.",
        "too-large" => "The device has no room for so many. Divide the gallery, or give the device more memory.",
        "storage" or "busy" => "The device's disk is full, broken or in use. Look at the device; it tries again by itself.",
        _ => "Send it again; if it goes on, look at the device's own log.",
    };
}

/// <summary>A gallery as the page shows it.</summary>
/// <param name="Gallery">Which.</param>
/// <param name="There">How many devices have the newest version.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Full">Those that leave people out, as many as the page shows.</param>
/// <param name="Laggards">Those who have not, as many as the page shows.</param>
/// <param name="Pressings">Its last versions.</param>
sealed record GallerySight(GalleryVersion Gallery, int There, int Of, IReadOnlyList<Device> Full, IReadOnlyList<Device> Laggards, IReadOnlyList<Pressing> Pressings);

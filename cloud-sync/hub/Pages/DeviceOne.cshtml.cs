using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Publishing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>All of one device.</summary>
[Needs(Permission.ViewEvents)]
sealed class DeviceOneModel(DeviceStore devices, DoorWall wall, CommandDesk commands, GalleryStore galleries, TimeProvider time) : PageModel
{
    const int CommandsShown = 10, DoorsShown = 50;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public Device? Device { get; private set; }

    public long Newest { get; private set; }

    public IReadOnlyList<DoorView> Doors { get; private set; } = [];

    /// <summary>Doors whose liveness limit was not measured at their camera.</summary>
    public IReadOnlyList<string> Uncalibrated => [.. Doors.Where(door => door.IsCalibrated is false).Select(door => door.Name)];

    public IReadOnlyList<SentCommand> Sent { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken stop)
    {
        Device = await devices.FindAsync(name, stop);
        if (Device is null) return NotFound();

        Newest = (await galleries.AllAsync(stop)).FirstOrDefault(each => each.Name == Device.Gallery)?.State?.Version ?? 0;
        Doors = await wall.ListAsync(name, null, DoorsShown, stop);
        Sent = await commands.ListAsync(name, CommandsShown, stop);
        return Page();
    }
}

using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>All devices, and which of them somebody should look at.</summary>
[Needs(Permission.ViewEvents)]
sealed class DevicesModel(DeviceStore devices, GalleryStore galleries, Provisioning provisioning, IDatabase database, TimeProvider time) : PageModel
{
    const int Count = 100, StrangersShown = 20;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public IReadOnlyList<Device> Devices { get; private set; } = [];

    public IReadOnlyList<AwaitedDevice> Awaited { get; private set; } = [];

    /// <summary>Who speaks and is not believed.</summary>
    public IReadOnlyList<Stranger> Strangers { get; private set; } = [];

    public IReadOnlyDictionary<string, long> Newest { get; private set; } = new Dictionary<string, long>();

    /// <summary>Where the next page begins; null: there is none.</summary>
    public string? Next { get; private set; }

    public async Task OnGetAsync(string? after, CancellationToken stop)
    {
        var found = await devices.ListAsync(after ?? "", Count + 1, stop);
        if (found.Count > Count) Next = found[Count - 1].Name;
        Devices = [.. found.Take(Count)];
        if (User.May(Permission.Fleet)) Awaited = await provisioning.AwaitedAsync(stop);
        await using (var connection = await database.OpenAsync(stop)) Strangers = await Intake.Strangers.ListAsync(connection, Now, StrangersShown, stop);
        Newest = (await galleries.AllAsync(stop)).ToDictionary(each => each.Name, each => each.State?.Version ?? 0, StringComparer.Ordinal);
    }
}

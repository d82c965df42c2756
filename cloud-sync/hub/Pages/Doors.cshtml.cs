using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The wall: every door, as it stands now.</summary>
[Needs(Permission.ViewEvents)]
sealed class DoorsModel(DoorWall wall, CommandDesk commands, KnownPeople people, TimeProvider time) : PageModel
{
    const int Count = 120;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public IReadOnlyList<DoorView> Doors { get; private set; } = [];

    public (string Device, string Door)? Next { get; private set; }

    /// <summary>What was just sent from this page, and what became of it.</summary>
    public SentCommand? Sent { get; private set; }

    /// <summary>By id; null: not for these eyes.</summary>
    public IReadOnlyDictionary<string, Person>? Known { get; private set; }

    public async Task OnGetAsync(string? device, string? afterDevice, string? afterDoor, string? sent, CancellationToken stop)
    {
        var found = await wall.ListAsync(device, afterDevice is null ? null : (afterDevice, afterDoor ?? ""), Count + 1, stop);
        if (found.Count > Count) Next = (found[Count - 1].Device, found[Count - 1].Name);
        Doors = [.. found.Take(Count)];
        if (sent is not null) Sent = await commands.FindAsync(sent, stop);
        if (User.May(Permission.ViewPeople)) Known = await people.AllAsync(stop);
    }

    public string? NameOf(string person) => Known is not null && Known.TryGetValue(person, out var known) ? known.Name : null;
}

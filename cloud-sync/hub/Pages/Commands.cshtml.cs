using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>What was sent to doors, and what became of it.</summary>
[Needs(Permission.ViewEvents)]
sealed class CommandsModel(CommandDesk commands, TimeProvider time) : PageModel
{
    const int Count = 200;

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public string? Device { get; private set; }

    public IReadOnlyList<SentCommand> Sent { get; private set; } = [];

    public async Task OnGetAsync(string? device, CancellationToken stop)
    {
        Device = device is { Length: > 0 } ? device : null;
        Sent = await commands.ListAsync(Device, Count, stop);
    }
}

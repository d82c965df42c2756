using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>One's own account: how one signs in, and where one is signed in.</summary>
[Needs(Permission.Own)]
[StepUp("End")]
sealed class AccountModel(OperatorAccounts accounts, Sessions sessions, AuditLog audit) : PageModel
{
    Operator? _own;

    public string? Done { get; private set; }

    public Operator Own => _own ?? throw new InvalidOperationException("The account was not read.");

    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? done, CancellationToken stop)
    {
        Done = done is "password" ? "Your password is changed. Your other sessions have ended." : null;
        return await ShowAsync(stop);
    }

    public async Task<IActionResult> OnPostEndAsync([FromForm] string? session, CancellationToken stop)
    {
        if (session is not { Length: 64 } || !session.All(char.IsAsciiHexDigit)) return BadRequest();
        await sessions.EndAsync(User.OperatorId(), Convert.FromHexString(session), stop);
        await audit.WriteAsync(User.Actor(), "session.end", User.Actor(), "", stop);
        Done = "That session has ended.";
        return await ShowAsync(stop);
    }

    async Task<IActionResult> ShowAsync(CancellationToken stop)
    {
        _own = await accounts.FindAsync(User.OperatorId(), stop);
        Sessions = await sessions.OfAsync(User.OperatorId(), stop);
        return _own is null ? NotFound() : Page();
    }
}

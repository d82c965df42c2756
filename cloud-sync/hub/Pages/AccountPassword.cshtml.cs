using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Another password for oneself.</summary>
[Needs(Permission.Own)]
sealed class AccountPasswordModel(OperatorAccounts accounts, OwnAccount own, Sessions sessions) : PageModel
{
    public string? Fault { get; private set; }

    public async Task<IActionResult> OnPostAsync(
        [FromForm] string? old, [FromForm] string? password, [FromForm] string? again, CancellationToken stop)
    {
        if (await accounts.FindAsync(User.OperatorId(), stop) is not { } who) return NotFound();
        Fault = password == again ? await own.ChangePasswordAsync(who, User.SessionHash(), old ?? "", password ?? "", stop) : "The two new passwords differ.";
        if (Fault is not null) return Page();

        var secret = await sessions.BeginAsync(who.Id, Request.Headers.UserAgent.ToString(), isPending: false, stop);
        await sessions.EndAsync(who.Id, User.SessionHash(), stop);
        SessionCookie.Write(HttpContext, secret);
        return Redirect("/account?done=password");
    }
}

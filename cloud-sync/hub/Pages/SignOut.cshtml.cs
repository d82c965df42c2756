using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Ends this session, or all of one's own.</summary>
[Needs(Permission.Own)]
sealed class SignOutModel(Sessions sessions, AuditLog audit) : PageModel
{
    public async Task<IActionResult> OnPostAsync(CancellationToken stop)
    {
        await sessions.EndAsync(User.OperatorId(), User.SessionHash(), stop);
        return await GoneAsync("here", stop);
    }

    public async Task<IActionResult> OnPostEverywhereAsync(CancellationToken stop)
    {
        await sessions.EndAllAsync(User.OperatorId(), null, stop);
        return await GoneAsync("everywhere", stop);
    }

    async Task<IActionResult> GoneAsync(string where, CancellationToken stop)
    {
        SessionCookie.Delete(HttpContext);
        await audit.WriteAsync(User.Actor(), "signout", User.Actor(), where, stop);
        Response.Headers["Clear-Site-Data"] = "\"cache\"";
        return Redirect("/signin");
    }
}

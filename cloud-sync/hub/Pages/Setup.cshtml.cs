using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The first step of a new hub: its owner. The next one is the first door.</summary>
[AllowAnonymous]
sealed class SetupModel(SetupDesk setup, Sessions sessions) : PageModel
{
    const string Next = "/setup/door";

    public string? Fault { get; private set; }

    public string Code { get; private set; } = "";

    public string Login { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string? code, CancellationToken stop)
    {
        Code = code ?? "";
        return await setup.CodeAsync(stop) is null ? Redirect("/") : Page();
    }

    public async Task<IActionResult> OnPostAsync(
        [FromForm] string? code, [FromForm] string? login, [FromForm] string? password, [FromForm] string? again, CancellationToken stop)
    {
        (Code, Login) = (code ?? "", login ?? "");
        if (await setup.CodeAsync(stop) is null) return Redirect("/");
        if (password != again)
        {
            Fault = "The two passwords differ.";
            return Page();
        }

        (var id, Fault) = await setup.CreateOwnerAsync(Code, Login, password ?? "", stop);
        if (Fault is not null) return Page();
        SessionCookie.Write(HttpContext, await sessions.BeginAsync(id, Request.Headers.UserAgent.ToString(), isPending: false, stop));
        return Redirect(Next);
    }
}

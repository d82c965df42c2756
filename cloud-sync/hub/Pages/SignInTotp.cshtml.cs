using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>The code of an authenticator app, after the password.</summary>
[AllowAnonymous]
sealed class SignInTotpModel(SignInDesk desk) : PageModel
{
    public string? Fault { get; private set; }

    public string Back { get; private set; } = "/";

    public IActionResult OnGet(string? back)
    {
        Back = this.Local(back);
        return SessionCookie.ReadPending(Request) is null ? Redirect("/signin") : Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? code, [FromQuery] string? back, CancellationToken stop)
    {
        Back = this.Local(back);
        if (SessionCookie.ReadPending(Request) is not { } pending) return Redirect("/signin");

        var answer = await desk.CodeAsync(pending, code ?? "", HttpContext.Connection.RemoteIpAddress, Request.Headers.UserAgent.ToString(), stop);
        switch (answer)
        {
            case { Outcome: SignInOutcome.Done, Secret: { } secret }:
                SessionCookie.Delete(HttpContext);
                SessionCookie.Write(HttpContext, secret);
                return LocalRedirect(Back);
            case { Outcome: SignInOutcome.Refused }:
                return Redirect("/signin"); // the first step is too long ago
            default:
                Fault = answer.Outcome is SignInOutcome.Wait
                    ? SignInDesk.WaitSentence(answer.Wait) : "That is no code of now, or it was used already. Wait for the next one.";
                return Page();
        }
    }
}

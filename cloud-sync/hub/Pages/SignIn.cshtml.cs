using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Name and password.</summary>
[AllowAnonymous]
sealed class SignInModel(SignInDesk desk, SetupDesk setup, SignInOptions options) : PageModel
{
    public string? Fault { get; private set; }

    /// <summary>Another way in; null: there is none.</summary>
    public string? Company => options.Company;

    public string Login { get; private set; } = "";

    /// <summary>Where one wanted to go; only to this hub.</summary>
    public string Back { get; private set; } = "/";

    public async Task<IActionResult> OnGetAsync(string? back, string? refused, CancellationToken stop)
    {
        Back = this.Local(back);
        Fault = refused switch
        {
            "role" => "Your company's sign-in knows you, but gives you no role at this hub. Ask whoever looks after it.",
            "account" => "Your company's sign-in knows you, but your account at this hub is disabled, or your name is taken. Ask an owner.",
            "company" => "Your company's sign-in did not let you in, or it took too long. Try again.",
            _ => null,
        };
        if (User.May(Permission.Own)) return LocalRedirect(Back);
        return await setup.CodeAsync(stop) is null ? Page() : Redirect("/setup");
    }

    public async Task<IActionResult> OnPostAsync([FromForm] string? login, [FromForm] string? password, [FromQuery] string? back, CancellationToken stop)
    {
        (Back, Login) = (this.Local(back), login ?? "");
        var answer = await desk.PasswordAsync(Login, password ?? "", HttpContext.Connection.RemoteIpAddress, Request.Headers.UserAgent.ToString(), stop);
        switch (answer)
        {
            case { Outcome: SignInOutcome.Done, Secret: { } secret }:
                SessionCookie.Write(HttpContext, secret);
                return LocalRedirect(Back);
            case { Outcome: SignInOutcome.NeedsCode, Secret: { } secret }:
                SessionCookie.WritePending(HttpContext, secret);
                return Redirect($"/signin/totp?back={Uri.EscapeDataString(Back)}");
            default:
                Fault = answer.Outcome is SignInOutcome.Wait ? SignInDesk.WaitSentence(answer.Wait) : "Name or password is wrong.";
                return Page();
        }
    }
}

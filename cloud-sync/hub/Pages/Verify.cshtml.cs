using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Before a dangerous act: password or code once more.</summary>
[Needs(Permission.Own)]
sealed class VerifyModel(SignInDesk desk, Sessions sessions, OperatorAccounts accounts, AuditLog audit) : PageModel
{
    public string? Fault { get; private set; }

    public string Back { get; private set; } = "/";

    public bool HasPassword { get; private set; }

    public bool HasTotp { get; private set; }

    public Task OnGetAsync(string? back, CancellationToken stop) => ShowAsync(back, stop);

    public async Task<IActionResult> OnPostAsync([FromForm] string? password, [FromForm] string? code, [FromQuery] string? back, CancellationToken stop)
    {
        await ShowAsync(back, stop);
        Fault = !string.IsNullOrEmpty(password) ? await desk.CheckPasswordAsync(User.OperatorId(), password, stop)
            : !string.IsNullOrEmpty(code) ? await desk.CheckCodeAsync(User.OperatorId(), code, stop)
            : "Type your password or a code.";
        if (Fault is not null)
        {
            await audit.WriteAsync(User.Actor(), "verify.refused", User.Actor(), "", stop);
            return Page();
        }

        SessionCookie.Write(HttpContext, await sessions.VerifiedAsync(User.SessionHash(), stop));
        await audit.WriteAsync(User.Actor(), "verify", User.Actor(), "", stop);
        return LocalRedirect(Back);
    }

    async Task ShowAsync(string? back, CancellationToken stop)
    {
        Back = this.Local(back);
        var own = await accounts.FindAsync(User.OperatorId(), stop);
        (HasPassword, HasTotp) = (own?.HasPassword ?? false, own?.HasTotp ?? false);
    }
}

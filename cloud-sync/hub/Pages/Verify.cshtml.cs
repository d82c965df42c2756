using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace EdgeFace.Hub.Pages;

/// <summary>Before a dangerous act: password or code once more. A form that was posted comes along, and is sent on afterwards.</summary>
[Needs(Permission.Own)]
sealed class VerifyModel(SignInDesk desk, Sessions sessions, OperatorAccounts accounts, AuditLog audit) : PageModel
{
    /// <summary>Names of this page's own fields, which no other page uses.</summary>
    public const string PasswordField = "verify_password", CodeField = "verify_code";

    static readonly string[] Own = [PasswordField, CodeField, "__RequestVerificationToken"];

    public string? Fault { get; private set; }

    public string Back { get; private set; } = "/";

    /// <summary>Where the form that came along goes; null: none did.</summary>
    public string? Act { get; private set; }

    /// <summary>Its fields.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; private set; } = [];

    /// <summary>Of an order to a door, which: "Unlock front at north-entrance"; null: it is something else.</summary>
    public string? Door => Act is not null && QueryHelpers.ParseQuery(new Uri(new Uri("http://hub"), Act).Query).TryGetValue("handler", out var order)
        && Field("door") is { } door && Field("device") is { } device ? $"{order} {door} at {device}" : null;

    public bool HasPassword { get; private set; }

    public bool HasTotp { get; private set; }

    public Task OnGetAsync(string? back, CancellationToken stop) => ShowAsync(back, null, stop);

    public Task OnPostActAsync([FromQuery] string? act, CancellationToken stop) => ShowAsync(null, act, stop);

    public async Task<IActionResult> OnPostAsync(
        [FromForm(Name = PasswordField)] string? password, [FromForm(Name = CodeField)] string? code, [FromQuery] string? back, [FromQuery] string? act,
        CancellationToken stop)
    {
        await ShowAsync(back, act, stop);
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
        return Act is null ? LocalRedirect(Back) : LocalRedirectPreserveMethod(Act);
    }

    string? Field(string name) => Fields.FirstOrDefault(field => field.Name == name).Value;

    async Task ShowAsync(string? back, string? act, CancellationToken stop)
    {
        Back = this.Local(back);
        if (act is not null && Url.IsLocalUrl(act))
        {
            Act = act;
            Fields = [.. Request.Form.Where(field => !Own.Contains(field.Key)).SelectMany(field => field.Value.Select(value => (field.Key, value ?? "")))];
        }

        var own = await accounts.FindAsync(User.OperatorId(), stop);
        (HasPassword, HasTotp) = (own?.HasPassword ?? false, own?.HasTotp ?? false);
    }
}

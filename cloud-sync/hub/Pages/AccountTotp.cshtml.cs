using System.Security.Cryptography;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>An authenticator app for oneself. The secret waits in the form, sealed, until a code of it has come back.</summary>
[Needs(Permission.Own)]
[StepUp]
sealed class AccountTotpModel(OperatorAccounts accounts, OwnAccount own, IDataProtectionProvider protection) : PageModel
{
    public string? Fault { get; private set; }

    public string[]? Codes { get; private set; }

    public bool HasTotp { get; private set; }

    public string Picture { get; private set; } = "";

    public string Text { get; private set; } = "";

    public string Sealed { get; private set; } = "";

    public Task<IActionResult> OnGetAsync(CancellationToken stop) => ShowAsync(SecondFactor.NewSecret(), stop);

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "sealed")] string? cell, [FromForm] string? code, CancellationToken stop)
    {
        if (Open(cell) is not { } secret || await accounts.FindAsync(User.OperatorId(), stop) is not { } who) return BadRequest();
        Codes = await own.TakeTotpAsync(who, User.SessionHash(), secret, code ?? "", stop);
        if (Codes is null) Fault = "That is no code of this secret: look whether the clock of your telephone is right, and type the code that it shows now.";
        return await ShowAsync(secret, stop);
    }

    public async Task<IActionResult> OnPostDropAsync(CancellationToken stop)
    {
        if (await accounts.FindAsync(User.OperatorId(), stop) is not { } who) return NotFound();
        await own.DropTotpAsync(who, User.SessionHash(), stop);
        return Redirect("/account");
    }

    async Task<IActionResult> ShowAsync(byte[] secret, CancellationToken stop)
    {
        if (await accounts.FindAsync(User.OperatorId(), stop) is not { } who) return NotFound();
        (HasTotp, Text, Picture) = (who.HasTotp, SecondFactor.Text(secret), SecondFactor.Picture(secret, who.Login));
        Sealed = Convert.ToBase64String(Protector().Protect(secret));
        return Page();
    }

    byte[]? Open(string? cell)
    {
        try
        {
            return Protector().Unprotect(Convert.FromBase64String(cell ?? ""));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    IDataProtector Protector() => protection.CreateProtector("totp", $"{User.OperatorId()}");
}

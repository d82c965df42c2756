using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Tokens for programs: an owner sees all, others their own.</summary>
[Needs(Permission.Tokens)]
[StepUp("Create")]
sealed class TokensModel(ApiTokens tokens, OperatorAccounts accounts) : PageModel
{
    public string? Fault { get; private set; }

    /// <summary>Shown once.</summary>
    public string? Token { get; private set; }

    public IReadOnlyList<ApiToken> All { get; private set; } = [];

    public Task OnGetAsync(CancellationToken stop) => ShowAsync(stop);

    public async Task<IActionResult> OnPostCreateAsync(
        [FromForm] string? name, [FromForm] string[]? scopes, [FromForm] int days, CancellationToken stop)
    {
        if (await accounts.FindAsync(User.OperatorId(), stop) is not { } who) return NotFound();
        (Token, Fault) = await tokens.CreateAsync(who, name ?? "", [.. (scopes ?? []).Select(Rights.Parse).OfType<Permission>().Distinct()], days, stop);
        await ShowAsync(stop);
        return Page();
    }

    public async Task OnPostRevokeAsync([FromForm] long id, CancellationToken stop)
    {
        Fault = await tokens.RevokeAsync(User.Actor(), id, onlyOwn: !User.May(Permission.Operators), stop);
        await ShowAsync(stop);
    }

    async Task ShowAsync(CancellationToken stop) => All = await tokens.ListAsync(User.May(Permission.Operators) ? null : User.Actor(), stop);
}

using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Who may sign in, and as what.</summary>
[Needs(Permission.Operators)]
[StepUp]
sealed class OperatorsModel(OperatorAccounts accounts) : PageModel
{
    public string? Fault { get; private set; }

    public string? Done { get; private set; }

    /// <summary>A temporary one, shown once.</summary>
    public string? Password { get; private set; }

    public string? For { get; private set; }

    public IReadOnlyList<Operator> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken stop) => All = await accounts.ListAsync(stop);

    public async Task OnPostCreateAsync([FromForm] string? login, [FromForm] string? role, CancellationToken stop)
    {
        (var password, Fault) = await accounts.CreateAsync(User.Actor(), login ?? "", Rights.ParseRole(role), stop);
        await ShowAsync(password, OperatorAccounts.Login(login), stop);
    }

    public async Task OnPostRoleAsync([FromForm] long id, [FromForm] string? role, CancellationToken stop)
    {
        Fault = await accounts.ChangeRoleAsync(User.Actor(), id, Rights.ParseRole(role), stop);
        await ShowAsync("The role is changed; the operator signs in again.", stop);
    }

    public async Task OnPostDisableAsync([FromForm] long id, CancellationToken stop)
    {
        Fault = await accounts.DisableAsync(User.Actor(), id, stop);
        await ShowAsync("Disabled: signed out everywhere, and the operator's tokens no longer work.", stop);
    }

    public async Task OnPostEnableAsync([FromForm] long id, CancellationToken stop)
    {
        Fault = await accounts.EnableAsync(User.Actor(), id, stop);
        await ShowAsync("Enabled.", stop);
    }

    public async Task OnPostSignOutAsync([FromForm] long id, CancellationToken stop)
    {
        Fault = await accounts.SignOutAsync(User.Actor(), id, stop);
        await ShowAsync("Signed out everywhere.", stop);
    }

    public Task OnPostResetAsync([FromForm] long id, CancellationToken stop) => ResetAsync(id, withTotp: false, stop);

    public Task OnPostResetAllAsync([FromForm] long id, CancellationToken stop) => ResetAsync(id, withTotp: true, stop);

    async Task ResetAsync(long id, bool withTotp, CancellationToken stop)
    {
        (var password, Fault) = await accounts.ResetAsync(User.Actor(), id, withTotp, stop);
        await ShowAsync(password, (await accounts.FindAsync(id, stop))?.Login, stop);
    }

    async Task ShowAsync(string password, string? login, CancellationToken stop)
    {
        if (Fault is null) (Password, For) = (password, login);
        All = await accounts.ListAsync(stop);
    }

    async Task ShowAsync(string done, CancellationToken stop)
    {
        if (Fault is null) Done = done;
        All = await accounts.ListAsync(stop);
    }
}

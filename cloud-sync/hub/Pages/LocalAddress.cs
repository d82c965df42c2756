using Microsoft.AspNetCore.Mvc.RazorPages;

namespace EdgeFace.Hub.Pages;

/// <summary>Nobody is led away to another site by an address that somebody has given him.</summary>
static class LocalAddress
{
    public static string Local(this PageModel page, string? back) => back is not null && page.Url.IsLocalUrl(back) ? back : "/";
}

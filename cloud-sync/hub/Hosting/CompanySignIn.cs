using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authentication;

namespace EdgeFace.Hub.Hosting;

/// <summary>Lets in whom a company's sign-in has named; the session is one of the hub's own.</summary>
static class CompanySignIn
{
    const string Scheme = "company", Start = "/signin/company", Return = "/signin/company/back";

    public static void Add(IServiceCollection services, OidcOptions options) => services.AddAuthentication().AddOpenIdConnect(Scheme, oidc =>
    {
        oidc.Authority = options.Authority;
        oidc.RequireHttpsMetadata = options.Authority.StartsWith(Uri.UriSchemeHttps + "://", StringComparison.OrdinalIgnoreCase);
        oidc.ClientId = options.ClientId;
        if (options.SecretFile is { } file) oidc.ClientSecret = File.ReadAllText(file).Trim();
        oidc.CallbackPath = Return;
        (oidc.ResponseType, oidc.ResponseMode, oidc.UsePkce) = ("code", "query", true);
        (oidc.SaveTokens, oidc.MapInboundClaims) = (false, false);
        oidc.SignInScheme = SignedIn.SessionScheme;
        foreach (var cookie in new[] { oidc.CorrelationCookie, oidc.NonceCookie })
            (cookie.SameSite, cookie.SecurePolicy, cookie.HttpOnly) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest, true);
        oidc.Events.OnTicketReceived = received => LetInAsync(received, options);
        oidc.Events.OnRemoteFailure = failed =>
        {
            failed.HandleResponse();
            failed.Response.Redirect("/signin?refused=company");
            return Task.CompletedTask;
        };
    });

    public static void Map(WebApplication app) => app.MapGet(
        Start, (string? back) => Results.Challenge(new AuthenticationProperties { RedirectUri = IsLocal(back) ? back : "/" }, [Scheme])).AllowAnonymous();

    static bool IsLocal(string? back) => back is ['/', ..] && !back.StartsWith("//", StringComparison.Ordinal) && !back.Any(letter => letter is '\\' or < ' ');

    static async Task LetInAsync(TicketReceivedContext received, OidcOptions options)
    {
        received.HandleResponse();
        var (http, stop) = (received.HttpContext, received.HttpContext.RequestAborted);
        var (all, claims) = (http.RequestServices, received.Principal);
        string Claim(string type) => claims?.FindFirst(type)?.Value ?? "";
        var roles = claims?.FindAll(options.RoleClaim).Select(claim => claim.Value).Where(value => options.Roles?.ContainsKey(value) == true)
            .Select(value => options.Roles?[value] ?? default).ToArray() ?? [];
        var name = Claim("preferred_username") is { Length: > 0 } preferred ? preferred : Claim("email");
        var (who, fault) = roles.Length == 0 ? (null, "no role")
            : await all.GetRequiredService<CompanyAccounts>().FindOrMakeAsync(claims?.FindFirst("sub")?.Issuer ?? "", Claim("sub"), name, roles.Max(), stop);
        var answer = who is null ? default
            : await all.GetRequiredService<SignInDesk>().ExternalAsync(who, http.Connection.RemoteIpAddress, http.Request.Headers.UserAgent.ToString(), stop);
        if (answer is { Outcome: SignInOutcome.Done, Secret: { } secret })
        {
            SessionCookie.Write(http, secret);
            http.Response.Redirect(received.ReturnUri ?? "/");
            return;
        }

        await all.GetRequiredService<AuditLog>().WriteAsync("nobody", "signin.refused", Claim("sub"), $"company, {fault}", stop);
        http.Response.Redirect(roles.Length == 0 ? "/signin?refused=role" : "/signin?refused=account");
    }
}

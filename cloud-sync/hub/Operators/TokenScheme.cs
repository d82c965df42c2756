using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace EdgeFace.Hub.Operators;

/// <summary>Knows a program by its token: "Authorization: Bearer efh_...".</summary>
sealed class TokenScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    const string Bearer = "Bearer ";

    public static bool IsAsked(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsAsked(Request)) return AuthenticateResult.NoResult();
        if (await tokens.FindAsync(Request.Headers.Authorization.ToString()[Bearer.Length..].Trim(), Context.RequestAborted) is not { } token)
            return AuthenticateResult.Fail("No such token, or it has ended.");

        var identity = new ClaimsIdentity(SignedIn.TokenScheme, ClaimTypes.Name, SignedIn.RoleClaim);
        identity.AddClaim(new Claim(ClaimTypes.Name, $"token:{token.Name} ({token.By})"));
        identity.AddClaim(new Claim(SignedIn.TokenClaim, token.Name));
        identity.AddClaims(token.Scopes.Select(scope => new Claim(SignedIn.ScopeClaim, Rights.Word(scope))));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SignedIn.TokenScheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}

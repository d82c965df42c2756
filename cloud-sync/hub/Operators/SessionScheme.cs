using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace EdgeFace.Hub.Operators;

/// <summary>Knows somebody by his session. Whoever is not known is led to the page of sign-in, or told so where it is no page.</summary>
sealed class SessionScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, Sessions sessions, SignInOptions signIn)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { Length: > 0 } secret) return AuthenticateResult.NoResult();
        if (await sessions.FindAsync(secret, isPending: false, Context.RequestAborted) is not { } session) return AuthenticateResult.NoResult();

        var who = session.Operator;
        var identity = new ClaimsIdentity(SignedIn.SessionScheme, ClaimTypes.Name, SignedIn.RoleClaim);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, who.Id.ToString(CultureInfo.InvariantCulture))); // what form tokens are bound to
        identity.AddClaim(new Claim(ClaimTypes.Name, who.Login));
        identity.AddClaim(new Claim(SignedIn.OperatorClaim, who.Id.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new Claim(SignedIn.RoleClaim, Rights.Word(who.Role)));
        identity.AddClaim(new Claim(SignedIn.SessionClaim, Convert.ToHexString(session.Hash)));
        identity.AddClaim(new Claim(SignedIn.VerifiedClaim, Moment.Of(session.Verified).ToString(CultureInfo.InvariantCulture)));
        if (who.PasswordUntil is not null) identity.AddClaim(new Claim(SignedIn.MustClaim, "/account/password"));
        else if (signIn.AsksTotp && who is { HasPassword: true, HasTotp: false }) identity.AddClaim(new Claim(SignedIn.MustClaim, "/account/totp"));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SignedIn.SessionScheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Request.IsOfProgram()) Response.StatusCode = StatusCodes.Status401Unauthorized;
        else Response.Redirect($"/signin?back={Uri.EscapeDataString(HttpMethods.IsGet(Request.Method) ? Request.Path + Request.QueryString : "/")}");
        return Task.CompletedTask;
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}

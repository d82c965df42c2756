using System.Globalization;
using System.Security.Claims;

namespace EdgeFace.Hub.Operators;

/// <summary>Who is calling, as the two handlers of sign-in have put it into the principal.</summary>
static class SignedIn
{
    public const string SessionScheme = "session", TokenScheme = "token", OperatorClaim = "operator", RoleClaim = "role", ScopeClaim = "scope",
        SessionClaim = "session", VerifiedClaim = "verified", MustClaim = "must", TokenClaim = "token";

    /// <summary>Both: for the permission that the table or the token's scopes give.</summary>
    public static bool May(this ClaimsPrincipal user, Permission permission) =>
        user.Identity is { IsAuthenticated: true } && permission is not Permission.Nothing && (user.IsToken()
            ? user.HasClaim(ScopeClaim, Rights.Word(permission))
            : user.HasClaim(claim => claim.Type == RoleClaim) && Rights.May(user.Role(), permission));

    public static bool IsToken(this ClaimsPrincipal user) => user.HasClaim(claim => claim.Type == TokenClaim);

    /// <summary>As the audit log names him.</summary>
    public static string Actor(this ClaimsPrincipal user) => user.Identity?.Name ?? "nobody";

    public static OperatorRole Role(this ClaimsPrincipal user) => Rights.ParseRole(user.FindFirst(RoleClaim)?.Value);

    /// <summary>The operator who is signed in; 0: a token, or nobody.</summary>
    public static long OperatorId(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirst(OperatorClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>The hash of his session's secret; empty: there is none.</summary>
    public static byte[] SessionHash(this ClaimsPrincipal user) =>
        user.FindFirst(SessionClaim)?.Value is { } hex ? Convert.FromHexString(hex) : [];

    /// <summary>When he last showed his password or a code of his second factor.</summary>
    public static DateTimeOffset? Verified(this ClaimsPrincipal user) =>
        long.TryParse(user.FindFirst(VerifiedClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? Storage.Moment.Of(at) : null;

    /// <summary>The page that he must go to before he may do anything else; null: none.</summary>
    public static string? Must(this ClaimsPrincipal user) => user.FindFirst(MustClaim)?.Value;
}

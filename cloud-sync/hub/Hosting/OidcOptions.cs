using System.ComponentModel.DataAnnotations;
using EdgeFace.Hub.Operators;

namespace EdgeFace.Hub.Hosting;

/// <summary>A company's sign-in by OpenID Connect (authorization code with PKCE).</summary>
/// <param name="Authority">Its address, as "https://login.example.org/realm"; what it offers is read from there.</param>
/// <param name="ClientId">The hub's name there. Its way back is ADDRESS/signin/company/back.</param>
/// <param name="SecretFile">The hub's secret there, in a file; null: it has none.</param>
/// <param name="Name">What it is called on the page of sign-in.</param>
/// <param name="RoleClaim">The claim that says what somebody is.</param>
/// <param name="Roles">Which value of it is which role; the strongest counts, and who has none is not let in.</param>
sealed record OidcOptions(
    [property: Required] string Authority,
    [property: Required] string ClientId,
    string? SecretFile = null,
    string Name = "your company",
    string RoleClaim = "groups",
    IReadOnlyDictionary<string, OperatorRole>? Roles = null)
{
    public IEnumerable<string> Faults()
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback)
            yield return $"'{Authority}' is no address of a sign-in: say https://...";
        if (ClientId.Length == 0) yield return "client_id is empty: say the hub's name at that sign-in.";
        if (Roles is not { Count: > 0 }) yield return "roles is empty, so nobody would be let in: say which value of the claim is which role.";
        if (SecretFile is not null && !File.Exists(SecretFile)) yield return $"{SecretFile} is not there: it should hold the hub's secret.";
    }
}

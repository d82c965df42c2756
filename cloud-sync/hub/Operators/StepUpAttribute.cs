using System.Security.Claims;
using Microsoft.Extensions.Primitives;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// On a page model or an endpoint whose posts are dangerous: whoever calls them must have shown his password or a code within
/// the last ten minutes, or is asked for it first. A token has shown its secret with the call itself.
/// </summary>
/// <param name="handlers">Only posts to these handlers of the page; none: all posts.</param>
[AttributeUsage(AttributeTargets.Class)]
sealed class StepUpAttribute(params string[] handlers) : Attribute
{
    public IReadOnlyList<string> Handlers { get; } = handlers;

    /// <param name="asked">Handlers that the query names: where it names several, any of them may be the one that is called.</param>
    public bool Asks(StringValues asked) => Handlers.Count == 0 || (asked.Count == 0 ? [""] : asked.ToArray())
        .Any(handler => Handlers.Contains(handler ?? "", StringComparer.OrdinalIgnoreCase));
}

/// <summary>The same for code that asks by itself.</summary>
static class StepUp
{
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    public static bool IsFresh(ClaimsPrincipal user, TimeProvider time) =>
        user.IsToken() || user.Verified() is { } at && time.GetUtcNow() - at <= Within;

    /// <summary>Where it is asked for, and from where one comes back.</summary>
    public static string Page(string back) => $"/verify?back={Uri.EscapeDataString(back)}";

    /// <summary>Where it is asked for with the form that was posted, which is sent on from there.</summary>
    public static string PageWithAct(string act) => $"/verify?handler=Act&act={Uri.EscapeDataString(act)}";
}

using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace EdgeFace.Hub.Hosting;

/// <summary>Keeps which permission was missing, so that the answer can say it.</summary>
sealed class RefusalNote : IAuthorizationMiddlewareResultHandler
{
    readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<NeedsRequirement>().FirstOrDefault() is { } missing)
            context.Items[typeof(NeedsRequirement)] = missing;
        return _usual.HandleAsync(next, context, policy, authorizeResult);
    }
}

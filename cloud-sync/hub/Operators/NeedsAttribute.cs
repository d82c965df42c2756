using Microsoft.AspNetCore.Authorization;

namespace EdgeFace.Hub.Operators;

/// <summary>On a page model or an endpoint: only who has the permission may call it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
sealed class NeedsAttribute(Permission permission) : Attribute, IAuthorizationRequirementData
{
    public Permission Permission { get; } = permission;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new NeedsRequirement(Permission)];
}

/// <summary>As the authorization of ASP.NET Core knows it.</summary>
sealed record NeedsRequirement(Permission Permission) : IAuthorizationRequirement;

/// <summary>The only judge of <see cref="NeedsRequirement"/>.</summary>
sealed class NeedsJudge : AuthorizationHandler<NeedsRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, NeedsRequirement requirement)
    {
        if (context.User.May(requirement.Permission)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

static class NeedsOnEndpoints
{
    /// <summary><see cref="NeedsAttribute"/> for an endpoint that is no page.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permission permission) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new NeedsAttribute(permission));

    /// <summary><see cref="StepUpAttribute"/> for an endpoint that is no page.</summary>
    public static TBuilder StepUp<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new StepUpAttribute());
}

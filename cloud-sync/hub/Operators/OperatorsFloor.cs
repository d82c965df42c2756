using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EdgeFace.Hub.Operators;

/// <summary>Puts the floor together: who is known, who may what, and who has done it.</summary>
static class OperatorsFloor
{
    public static IServiceCollection AddOperators(this IServiceCollection services, SignInOptions options)
    {
        services.TryAddSingleton(provider => PersonalSeal.Open(provider.GetRequiredService<HubFolder>().SealingKey));
        services.AddSingleton(options)
            .AddSingleton<AuditLog>().AddSingleton<Passwords>().AddSingleton<TryPauses>().AddSingleton<Sessions>().AddSingleton<SecondFactor>()
            .AddSingleton<OperatorAccounts>().AddSingleton<SignInDesk>().AddSingleton<OwnAccount>().AddSingleton<SetupDesk>().AddSingleton<ApiTokens>().AddSingleton<CompanyAccounts>()
            .AddHostedService<AuditHeadLoop>()
            .AddSingleton<IAuthorizationHandler, NeedsJudge>();
        services.AddAuthentication("operators")
            .AddPolicyScheme("operators", null, policy =>
                policy.ForwardDefaultSelector = http => TokenScheme.IsAsked(http.Request) ? SignedIn.TokenScheme : SignedIn.SessionScheme)
            .AddScheme<AuthenticationSchemeOptions, SessionScheme>(SignedIn.SessionScheme, null)
            .AddScheme<AuthenticationSchemeOptions, TokenScheme>(SignedIn.TokenScheme, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        return services;
    }
}

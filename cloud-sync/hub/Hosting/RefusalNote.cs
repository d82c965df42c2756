using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace EdgeFace.Hub.Hosting;

/// <summary>Keeps which permission was missing, so that the answer can say it.</summary>
sealed partial class RefusalNote(ILogger<RefusalNote> log) : IAuthorizationMiddlewareResultHandler
{
    readonly AuthorizationMiddlewareResultHandler _usual = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.AuthorizationFailure?.FailedRequirements.OfType<NeedsRequirement>().FirstOrDefault() is { } missing)
        {
            context.Items[typeof(NeedsRequirement)] = missing;
            if (authorizeResult.Forbidden) LogForbidden(context.User.OperatorId(), missing.Permission, context.Request.Method, Route(context));
        }

        return _usual.HandleAsync(next, context, policy, authorizeResult);
    }

    /// <summary>A request came with a cookie and without the token of a form.</summary>
    public void NotMeant(HttpContext http) => LogNotMeant(http.User.OperatorId(), http.Request.Method, Route(http));

    /// <summary>As it is written in the program: what stands in its places may be of a person.</summary>
    static string Route(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";

    [LoggerMessage(EventId = 20_120, Level = LogLevel.Warning, Message = "Refused: operator {Id} (0: a token) needs {Permission} for {Method} {Route}.")]
    partial void LogForbidden(long id, Permission permission, string method, string route);

    [LoggerMessage(EventId = 20_121, Level = LogLevel.Warning, Message = "Refused: {Method} {Route} of operator {Id} came without the token of a form.")]
    partial void LogNotMeant(long id, string method, string route);
}

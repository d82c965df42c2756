using System.Threading.RateLimiting;
using EdgeFace.Hub.Operators;
using Microsoft.AspNetCore.RateLimiting;

namespace EdgeFace.Hub.Hosting;

/// <summary>How often one may knock. Wrong passwords have longer pauses of their own.</summary>
static class RateRules
{
    static readonly string[] Knocks = ["/signin", "/setup", "/verify", "/account"];

    public static void Apply(RateLimiterOptions limiter, HubOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "60";
            return ValueTask.CompletedTask;
        };
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => Partition(http, options));
    }

    static RateLimitPartition<string> Partition(HttpContext http, HubOptions options)
    {
        var (path, address) = (http.Request.Path, TryPauses.Key(http.Connection.RemoteIpAddress));
        if (path.StartsWithSegments("/api/provision")) return PerMinute($"provision {address}", options.ProvisioningPerMinute);
        if (HttpMethods.IsPost(http.Request.Method) && Knocks.Any(knock => path.StartsWithSegments(knock)) && !IsOnlyLed(http.Request))
            return PerMinute($"knock {address}", options.SignInsPerMinute);
        if (http.Request.IsOfProgram()) return PerMinute($"api {address}", options.ApiPerMinute);
        return RateLimitPartition.GetNoLimiter("pages");
    }

    /// <summary>A form that is brought to the password page has tried none.</summary>
    static bool IsOnlyLed(HttpRequest request) => request.Path == "/verify" && request.Query["handler"] == "Act";

    static RateLimitPartition<string> PerMinute(string key, int count) => RateLimitPartition.GetSlidingWindowLimiter(key, _ =>
        new SlidingWindowRateLimiterOptions { PermitLimit = count, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = 6, QueueLimit = 0 });
}

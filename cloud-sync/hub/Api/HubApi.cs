using System.Security.Cryptography;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Api;

/// <summary>What programs call.</summary>
static class HubApi
{
    public const string ProvisionPath = "/api/provision";

    const int ProvisionBytesMax = 16_384;

    public static void MapHubApi(this WebApplication app)
    {
        app.MapPost(ProvisionPath, ProvisionAsync).AllowAnonymous().WithSummary("A device with a one-time code makes itself known.");
        var api = app.MapGroup("/api");
        EventApi.Map(api);
        PeopleApi.Map(api);
        RosterApi.Map(api);
        AuditApi.Map(api);
        FleetApi.Map(api);
        WebhookApi.Map(api);
        SiteApi.Map(api);
        RolloutApi.Map(api);
        app.MapGet("/metrics", HubMetrics.WriteAsync).Needs(Permission.Metrics).WithSummary("Prometheus text format.");
        app.MapOpenApi("/api/openapi.json").Needs(Permission.ViewEvents);
    }

    /// <summary>A device with a code; see PROTOCOL.md, section 9.</summary>
    static async Task<IResult> ProvisionAsync(HttpContext http, Provisioning provisioning, DefaultGallery gallery, AuditLog audit, CancellationToken stop)
    {
        if (http.Request.ContentLength is not (> 0 and <= ProvisionBytesMax)) return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var text = new byte[http.Request.ContentLength.Value];
        await http.Request.Body.ReadExactlyAsync(text, stop);
        if (ProvisioningRequest.Open(text) is not { } request) return Results.Text("It is no request that is signed by its own key.", statusCode: 400);

        try
        {
            if (await provisioning.RedeemAsync(request, gallery.Name, stop) is not { } answer)
            {
                await audit.WriteAsync("device", "device.provision-refused", request.Device, $"from {http.Connection.RemoteIpAddress}", stop);
                return Results.Text("The code is not good: it was mistyped or used, is older than a day, or is for another device. Get a new one on the hub's page.", statusCode: 403);
            }

            await audit.WriteAsync("device", "device.provision", request.Device, $"from {http.Connection.RemoteIpAddress}, key {new VerifyingKey(request.Key).Id}", stop);
            return Results.Bytes(answer.ToJson(), "application/json");
        }
        catch (FormatException e)
        {
            await audit.WriteAsync("device", "device.provision-refused", request.Device, $"from {http.Connection.RemoteIpAddress}: another key", stop);
            return Results.Text(e.Message, statusCode: 409);
        }
        catch (CryptographicException)
        {
            return Results.Text("The request for a certificate is none.", statusCode: 400);
        }
    }
}

using System.Globalization;
using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Hub.Storage;
using EdgeFace.Hub.Webhooks;

namespace EdgeFace.Hub.Api;

/// <summary>Figures in Prometheus' text format 0.0.4. No person and no device is among them by name.</summary>
static class HubMetrics
{
    public static async Task WriteAsync(
        HttpContext http, IDatabase database, EventKeeper keeper, HubLink link, GalleryPublisher publisher, HubKeys keys, WebhookStore webhooks,
        RolloutStore rollouts, CancellationToken stop)
    {
        var text = new StringBuilder();
        void Put(string name, string kind, string help, double value) => text.Append(CultureInfo.InvariantCulture,
            $"# HELP edgeface_hub_{name} {help}\n# TYPE edgeface_hub_{name} {kind}\nedgeface_hub_{name} {value:R}\n");

        Put("events_kept_total", "counter", "Events that this instance has kept.", keeper.KeptCount);
        Put("events_again_total", "counter", "Events that were there before, and were receipted again.", keeper.AgainCount);
        Put("events_refused_total", "counter", "Events that broke a rule.", keeper.RefusedCount);
        Put("events_strange_total", "counter", "Events in the name of devices that are not registered, or were revoked.", keeper.StrangeCount);
        Put("messages_waiting", "gauge", "Messages of events that wait for the database.", keeper.Waiting);
        Put("broker_online", "gauge", "1 while there is a connection to the broker.", link.IsOnline ? 1 : 0);
        Put("messages_unsent_total", "counter", "Messages to devices that could not be sent; devices ask again.", link.Unsent);
        Put("messages_strange_total", "counter", "Messages on behalf of devices that nobody registered.", link.Strangers);
        Put("publisher", "gauge", "1 while this instance signs galleries.", publisher.IsLeader ? 1 : 0);
        if (keys.UsesToken) Put("token", "gauge", "1 while the token with the keys that sign answers.", keys.TokenFault is null ? 1 : 0);
        Put("webhooks_troubled", "gauge", "Webhooks whose receivers take nothing, or that were given up.", (await webhooks.TroubledAsync(stop)).Count);
        var open = await rollouts.OpenAsync(stop);
        Put("rollouts_running", "gauge", "Roll-outs that go on by themselves.", open.Count(rollout => rollout.State is RolloutState.Running));
        Put("rollouts_halted", "gauge", "Roll-outs that halted and wait for an operator.", open.Count(rollout => rollout.State is RolloutState.Halted));
        await using (var connection = await database.OpenAsync(stop))
        {
            Put("devices", "gauge", "Devices that are registered.", await connection.NumberAsync("SELECT count(*) FROM device WHERE revoked IS NULL", [], stop));
            Put("devices_online", "gauge", "Devices that say to be online.", await connection.NumberAsync("SELECT count(*) FROM device WHERE revoked IS NULL AND status = 'online'", [], stop));
            Put("events_missing", "gauge", "Numbers of events that never came.", await connection.NumberAsync("SELECT coalesce(sum(missing), 0) FROM device", [], stop));
            Put("people", "gauge", "People who are enrolled.", await connection.NumberAsync("SELECT count(*) FROM person", [], stop));
        }

        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await http.Response.WriteAsync(text.ToString(), stop);
    }
}

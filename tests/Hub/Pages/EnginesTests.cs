using System.Net;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Webhooks;
using EdgeFace.Tests.Hub.People;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>Every page and every list of the API reads from both engines.</summary>
public sealed class EnginesTests(PostgresServer server)
{
    static readonly string[] Paths =
    [
        "/", "/doors", "/doors?q=front", "/events", "/events?device=door-1&door=front&kind=denied.*&alarms=1&from=2026-01-01T00:00&until=2036-01-01T00:00",
        "/events?kind=granted", "/events?kind=denied.*", "/events?before=100000000", "/devices", "/devices?after=a", "/devices/door-1", "/devices/door-1/settings",
        "/devices/door-1/log", "/devices/door-1/revoke", "/devices/add", "/commands", "/people", "/people?q=ann", "/people/{person}", "/people/{person}/edit",
        "/people/{person}/photos", "/people/{person}/erase", "/setup/opening?person={person}", "/enroll", "/enroll/bulk", "/groups", "/galleries", "/erasures", "/erasures?handler=Csv",
        "/erasures/{erased}", "/uploads", "/consent", "/operators", "/tokens", "/webhooks", "/webhooks/{webhook}", "/keys", "/audit",
        "/audit?text=person&from=2026-01-01&until=2036-01-01", "/lockdown", "/account", "/metrics",
        "/api/events", "/api/events?person={person}&device=door-1&kind=granted&alarms=true", "/api/export/events", "/api/export/events?format=json",
        "/api/devices", "/api/devices/door-1", "/api/people", "/api/people/{person}", "/api/erasures/{erased}", "/api/galleries", "/api/commands?device=door-1",
        "/api/groups", "/api/consent-texts", "/api/uploads", "/api/audit?text=person&from=2026-01-01&until=2036-01-01", "/api/webhooks", "/api/webhooks/{webhook}", "/api/webhooks/{webhook}/deliveries",
    ];

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task All_pages_and_lists_are_read(string engine)
    {
        var made = await MadeDatabase.MakeAsync(engine, server);
        await using var hub = await HubUnderTest.StartAsync(database: made.Database);
        var words = await FillAsync(hub);
        var owner = await hub.SignInAsync(OperatorRole.Owner);
        var wrong = new List<string>();
        foreach (var path in Paths.Select(path => words.Aggregate(path, (now, word) => now.Replace(word.Key, word.Value, StringComparison.Ordinal))))
        {
            using var answer = await owner.GetAsync(path, Stop);
            if (answer.StatusCode is not HttpStatusCode.OK) wrong.Add($"{path}: {(int)answer.StatusCode}");
        }

        Assert.Empty(wrong);
        using var doorAlone = await owner.GetAsync("/api/events?door=front", Stop); // a door has no index of its own
        Assert.Equal(HttpStatusCode.BadRequest, doorAlone.StatusCode);
        Assert.Contains("door-1", await owner.GetStringAsync("/devices", Stop), StringComparison.Ordinal);
        Assert.Contains("Ann", await owner.GetStringAsync("/people", Stop), StringComparison.Ordinal);
        Assert.Contains("operator.create", await owner.GetStringAsync("/audit", Stop), StringComparison.Ordinal);
        Assert.Contains("denied.no-match", await owner.GetStringAsync("/api/export/events", Stop), StringComparison.Ordinal);
    }

    static async Task<Dictionary<string, string>> FillAsync(HubUnderTest hub)
    {
        await using (var connection = await hub.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            using var key = SigningKey.Create();
            await hub.The<DeviceStore>().RegisterAsync(connection, transaction, "door-1", key.Public.Spki, "main", Stop);
            await transaction.CommitAsync(Stop);
        }

        var model = PeopleBed.Card.ModelId.Value;
        async Task<string> EnrolAsync(string name, int who) => await hub.The<PersonStore>().AddAsync(
            new PersonDetails(name, new PushedConsent(DateTimeOffset.UtcNow, "1"), "tess"), ["staff"], "main",
            [new NewTemplate(model, PeopleBed.Face(who), 0.9f, DateTimeOffset.UtcNow)], "photo", null, Stop);
        var (person, erased) = (await EnrolAsync("Ann", 1), await EnrolAsync("Bob", 2));
        await hub.The<Erasures>().EraseAsync(erased, "tess", "asked", Stop);
        var (webhook, _, _) = await hub.The<WebhookDesk>().CreateAsync("tess", new WebhookWish("x", "https://example.org/", new WebhookFilter([], [], ["alarm"])), Stop);

        var keeper = hub.The<EventKeeper>();
        OutboxEvent Event(long seq, string kind, OutboxPriority priority) => new(
            "door-1", new EventKey(1, seq), DateTimeOffset.UtcNow - TimeSpan.FromMinutes(5), kind, priority, "front", "front", kind == "granted" ? person : null,
            "match", 0.9, 0.4, null, new Dictionary<string, string> { ["capture_to_relay_ms"] = "250" });
        OutboxEvent[] events = [Event(1, "granted", OutboxPriority.Access), Event(2, "denied.no-match", OutboxPriority.Access), Event(5, "door.forced", OutboxPriority.Alarm)];
        keeper.Take(new EdgeFace.Consumer.Heard("door-1", new UpMessage(UpChannel.Events, EventBatch.Write(events, 60_000, out _))));
        await Eventually.TrueAsync(() => keeper.KeptCount == 3);
        return new Dictionary<string, string> { ["{person}"] = person, ["{erased}"] = erased, ["{webhook}"] = webhook ?? "" };
    }
}

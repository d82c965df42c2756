using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Webhooks;
using Xunit;

namespace EdgeFace.Tests.Hub.Webhooks;

/// <summary>Webhooks as an owner and a program make them.</summary>
public sealed partial class WebhookPagesTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_is_made_tried_changed_and_ended_on_its_pages()
    {
        await using var hub = await HubUnderTest.StartAsync(Options());
        await using var receiver = await WebhookReceiver.StartAsync();
        var owner = await hub.SignInAsync(OperatorRole.Owner);

        var page = await PostAsync(owner, "/webhooks", ("name", "alarms <b>"), ("url", receiver.Url), ("outcomes", "alarm"), ("outcomes", "denied"), ("doors", "front-1"));
        var secret = Secret().Match(page).Value;
        Assert.NotEmpty(secret);
        Assert.DoesNotContain(secret, await owner.GetStringAsync("/webhooks", Stop), StringComparison.Ordinal);
        var webhook = Assert.Single(await hub.The<WebhookStore>().ListAsync(Stop));
        Assert.Equal(("alarms <b>", 2, 1), (webhook.Wish.Name, webhook.Wish.Filter.Outcomes.Count, webhook.Wish.Filter.Doors.Count));

        var path = $"/webhooks/{webhook.Id}";
        Assert.Contains("The ping was taken: 204", await PostAsync(owner, $"{path}?handler=Ping"), StringComparison.Ordinal);
        Assert.True(receiver.Taken[0].IsSignedWith(secret));
        Assert.Equal("edgeface.ping", receiver.Taken[0].Events[0].GetProperty("type").GetString());
        await PostAsync(owner, $"{path}?handler=Change", ("name", "alarms"), ("url", receiver.Url), ("names", "true"));
        Assert.Contains("paused", await PostAsync(owner, $"{path}?handler=Pause"), StringComparison.Ordinal);
        Assert.Contains("goes on", await PostAsync(owner, $"{path}?handler=Resume"), StringComparison.Ordinal);
        Assert.NotEqual(secret, Secret().Match(await PostAsync(owner, $"{path}?handler=Rotate")).Value);
        await PostAsync(owner, $"{path}?handler=Replay", ("from", "2026-01-31T08:00"));
        Assert.True((await hub.The<WebhookStore>().FindAsync(webhook.Id, Stop))?.Wish.Names);
        using (var ended = await owner.PostAsync($"{path}?handler=Delete", HubUnderTest.Form(), Stop)) Assert.Equal("/webhooks", ended.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync(path, Stop)).StatusCode);

        var audit = await hub.The<AuditLog>().ListAsync(new AuditQuery("webhook."), 100, Stop);
        Assert.Equal(
            ["webhook.create", "webhook.ping", "webhook.change", "webhook.pause", "webhook.resume", "webhook.rotate", "webhook.replay", "webhook.delete"],
            audit.Select(row => row.Action).Reverse());
        Assert.Contains("with names of people", audit.Single(row => row.Action == "webhook.change").Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(audit, row => row.Detail.Contains("/hook", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secret_lies_sealed_and_an_address_inside_is_refused_as_shipped()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var program = await hub.ProgramAsync(Permission.Webhooks);
        using var refused = await program.PostAsJsonAsync("/api/webhooks", new { name = "x", url = "http://127.0.0.1/" }, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);

        using var answer = await program.PostAsJsonAsync("/api/webhooks", new { name = "x", url = "https://example.org/", outcomes = new[] { "alarm" } }, Stop);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var made = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        var secret = made.GetProperty("secret").GetString() ?? "";
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        foreach (var file in Directory.EnumerateFiles(hub.Folder.Path, "hub.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var all = new byte[stream.Length];
            await stream.ReadExactlyAsync(all, Stop);
            Assert.Equal((-1, -1), (all.AsSpan().IndexOf(key), all.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret))));
        }
    }

    [Fact]
    public async Task A_program_does_what_the_page_does()
    {
        await using var hub = await HubUnderTest.StartAsync(Options());
        await using var receiver = await WebhookReceiver.StartAsync();
        var program = await hub.ProgramAsync(Permission.Webhooks, Permission.ViewEvents);
        using var created = await program.PostAsJsonAsync("/api/webhooks", new { name = "x", url = receiver.Url, kinds = new[] { "denied.*" } }, Stop);
        var id = JsonElement.Parse(await created.Content.ReadAsStringAsync(Stop)).GetProperty("id").GetString();

        using var ping = await program.PostAsync($"/api/webhooks/{id}/ping", null, Stop);
        Assert.True(JsonElement.Parse(await ping.Content.ReadAsStringAsync(Stop)).GetProperty("taken").GetBoolean());
        foreach (var (act, body) in new (string, object?)[] { ("pause", null), ("resume", null), ("replay", new { from = DateTimeOffset.UtcNow }) })
        {
            using var answer = await program.PostAsync($"/api/webhooks/{id}/{act}", body is null ? null : JsonContent.Create(body), Stop);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        using var bad = await program.PutAsJsonAsync($"/api/webhooks/{id}", new { name = "x", url = receiver.Url, outcomes = new[] { "strange" } }, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("\"x\"", await program.GetStringAsync("/api/webhooks", Stop), StringComparison.Ordinal);
        Assert.Contains("\"status\":204", await program.GetStringAsync($"/api/webhooks/{id}/deliveries", Stop), StringComparison.Ordinal);
        Assert.Contains("/api/webhooks/{id}/replay", await program.GetStringAsync("/api/openapi.json", Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await program.DeleteAsync($"/api/webhooks/{id}", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync($"/api/webhooks/{id}", Stop)).StatusCode);
    }

    static HubOptions Options() => new(SignInsPerMinute: 10_000, ApiPerMinute: 100_000, WebhooksPrivate: ["127.0.0.0/8"]);

    static async Task<string> PostAsync(HttpClient browser, string path, params (string, string)[] fields)
    {
        using var answer = await browser.PostAsync(path, HubUnderTest.Form(fields), Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
    }

    [GeneratedRegex("whsec_[A-Za-z0-9+/=]+")]
    private static partial Regex Secret();
}

using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>All pages of the hub, with what the story has put on them.</summary>
sealed class PageWalk(PageLook look, IPage page)
{
    /// <summary>What has a route and is nothing to look at.</summary>
    public static readonly string[] NoPages = ["/events/stream", "/Index"];

    /// <summary>Address by route; what stands in brackets is filled with the first link of that kind on the page before.</summary>
    public static readonly (string Route, string Address, string Name)[] Pages =
    [
        ("/", "/", "dashboard"),
        ("/doors", "/doors", "doors"),
        ("/events", "/events", "events"),
        ("/events", "/events?kind=denied.*", "events-denied"),
        ("/events/{id:long}", "/events?kind=denied.*", "event"),
        ("/devices", "/devices", "devices"),
        ("/devices/add", "/devices/add", "device-add"),
        ("/devices/{name}", $"/devices/{HubStory.Device}", "device"),
        ("/devices/{name}/settings", $"/devices/{HubStory.Device}/settings", "device-settings"),
        ("/devices/{name}/log", $"/devices/{HubStory.Device}/log", "device-log"),
        ("/devices/{name}/revoke", $"/devices/{HubStory.Device}/revoke", "device-revoke"),
        ("/commands", "/commands", "commands"),
        ("/people", "/people", "people"),
        ("/people/{id}", "/people", "person"),
        ("/people/{id}/edit", "/people", "person-edit"),
        ("/people/{id}/photos", "/people", "person-photos"),
        ("/enroll", "/enroll", "enroll"),
        ("/enroll/bulk", "/enroll/bulk", "enroll-bulk"),
        ("/uploads", "/uploads", "uploads"),
        ("/groups", "/groups", "groups"),
        ("/galleries", "/galleries", "galleries"),
        ("/consent", "/consent", "consent"),
        ("/operators", "/operators", "operators"),
        ("/tokens", "/tokens", "tokens"),
        ("/keys", "/keys", "keys"),
        ("/audit", "/audit", "audit"),
        ("/account", "/account", "account"),
        ("/account/password", "/account/password", "account-password"),
        ("/account/totp", "/account/totp", "account-totp"),
        ("/verify", "/verify", "verify"),
        ("/signout", "/signout", "signout"),
        ("/webhooks", "/webhooks", "webhooks"),
        ("/webhooks/{id}", "/webhooks", "webhook"),
        ("/error/{code?}", "/error/500", "error"),
    ];

    /// <summary>Of a site that was made, and of its roll-out.</summary>
    public static readonly (string Route, string Address, string Name)[] OfSites =
    [
        ("/sites", "/sites", "sites"),
        ("/sites/{site}", "/sites/north", "site"),
        ("/sites/{site}/matrix", "/sites/north/matrix", "site-matrix"),
        ("/sites/{site}/door", $"/sites/north/door?door={HubStory.Door}", "site-door"),
        ("/sites/{site}/schedule", "/sites/north/schedule", "site-schedule"),
        ("/sites/{site}/preview", $"/sites/north/preview?door={HubStory.Door}", "site-preview"),
        ("/sites/{site}/json", "/sites/north/json", "site-json"),
        ("/sites/{site}/send", "/sites/north/send", "site-send"),
        ("/rollouts/new", "/rollouts/new?site=north", "rollout-new"),
        ("/rollouts", "/rollouts", "rollouts"),
        ("/rollouts/{id}", "/rollouts", "rollout"),
    ];

    /// <summary>Every route of a page that the hub has.</summary>
    public static async Task<HashSet<string>> RoutesAsync()
    {
        await using var hub = await HubUnderTest.StartAsync();
        return
        [
            .. hub.The<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
                .Select(endpoint => $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}"),
        ];
    }

    /// <summary>What the story itself has not put there: a token, a person enrolled at the door, a log, a check of the audit log.</summary>
    public async Task PrepareAsync(HubStory story)
    {
        var (code, said) = await story.AtDeviceAsync("enroll", "Audrey At The Door", story.MediaFile("audrey.jpg"), "--consent", "1", "--force");
        Xunit.Assert.True(code == 0, said);
        await page.GotoAsync("/tokens");
        await page.GetByLabel("What it is for").FillAsync("building management");
        await page.Locator("input[name=scopes][value=view_events]").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        await Expect(page.Locator(".once code")).ToBeVisibleAsync();
        await page.GotoAsync("/webhooks");
        await page.GetByLabel("What it is for").FillAsync("building management");
        await page.GetByLabel("Address, as").FillAsync("https://example.org/doors");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the webhook" }).ClickAsync();
        await Expect(page.Locator(".once code")).ToBeVisibleAsync();
        await page.GotoAsync($"/devices/{HubStory.Device}/log");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for the log" }).ClickAsync();
        await Expect(page.Locator("#log pre")).ToBeVisibleAsync();
        await page.GotoAsync("/doors");
        await page.Locator("#wall input[name=seconds]").EvaluateAsync("field => { field.removeAttribute('min'); field.removeAttribute('max'); }");
        await page.Locator("#wall input[name=seconds]").FillAsync("999");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unlock" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("999");
        Xunit.Assert.Empty(await look.AtAsync(page, "/doors/act", "door-act"));
        await page.GotoAsync("/uploads");
        for (var i = 0; i < 100 && await page.GetByText("these are two people").CountAsync() == 0; i++)
        {
            await Task.Delay(250, HubStory.Stop); // the page does not refresh itself
            await page.ReloadAsync();
        }

        await Expect(page.GetByText("these are two people")).ToBeVisibleAsync();
    }

    /// <summary>Everything that is wrong anywhere.</summary>
    public async Task<IReadOnlyList<string>> WalkAsync(IEnumerable<(string Route, string Address, string Name)> pages)
    {
        var faults = new List<string>();
        foreach (var (route, address, name) in pages)
        {
            var answer = await page.GotoAsync(address);
            if (answer?.Status != 200 && name != "error") faults.Add($"{name}: {address} answers {answer?.Status}.");
            await FollowAsync(route, address);
            faults.AddRange(await look.AtAsync(page, route, name));
            faults.AddRange(await PageLook.ByKeyboardAsync(page, name));
        }

        return faults;
    }

    /// <summary>From a list to the first one in it.</summary>
    async Task FollowAsync(string route, string address)
    {
        if (route == address || !route.Contains("{id", StringComparison.Ordinal)) return;

        var to = await page.Locator($"main td a[href^='{route.Split('{')[0]}'], main th a[href^='{route.Split('{')[0]}']").First.GetAttributeAsync("href");
        await page.GotoAsync(to + (route.Contains("}/", StringComparison.Ordinal) ? route[(route.IndexOf('}', StringComparison.Ordinal) + 1)..] : ""));
    }
}

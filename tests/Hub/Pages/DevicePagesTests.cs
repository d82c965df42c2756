using System.Net;
using System.Text.RegularExpressions;
using EdgeFace.Consumer;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

public sealed class DevicePagesTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_that_leaves_people_out_says_so_on_every_page_where_one_would_look()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await RegisterAsync(hub);
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        Assert.DoesNotContain("left out", await browser.GetStringAsync("/devices/door-1", Stop), StringComparison.Ordinal);
        await hub.The<DeviceStore>().WriteAsync(
            [DeviceWord.Of("door-1", new GalleryReport("main", "m", 1, new byte[32], 150, 450, WantsFull: false, RolledBack: false, Wanting: null, Refused: [], LeftOut: 17))], Stop);

        foreach (var page in (string[])["/devices/door-1", "/galleries"])
            Assert.Contains("17 people are left out at its doors", await browser.GetStringAsync(page, Stop), StringComparison.Ordinal);
        Assert.Contains("17 people left out", await browser.GetStringAsync("/devices", Stop), StringComparison.Ordinal);
        var program = await hub.ProgramAsync(Permission.ViewEvents);
        Assert.Contains("\"people_left_out\":17", await program.GetStringAsync("/api/devices/door-1", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_was_made_for_a_wrong_name_is_cancelled_where_it_is_awaited()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        await browser.PostAsync("/devices/add", HubUnderTest.Form(("device", "frnt")), Stop);
        Assert.Contains("Cancel the code", await browser.GetStringAsync("/devices/add?device=frnt", Stop), StringComparison.Ordinal);
        Assert.Contains("frnt", await browser.GetStringAsync("/devices", Stop), StringComparison.Ordinal);

        using (var answer = await browser.PostAsync("/devices/add?handler=Cancel", HubUnderTest.Form(("device", "frnt")), Stop))
            Assert.Equal((HttpStatusCode.Redirect, "/devices"), (answer.StatusCode, $"{answer.Headers.Location}"));
        Assert.Contains("The code for frnt was cancelled", await browser.GetStringAsync("/devices", Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("frnt", await browser.GetStringAsync("/devices", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_done_is_said_once()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await RegisterAsync(hub);
        var browser = await hub.SignInAsync(OperatorRole.Owner);

        using var answer = await browser.PostAsync("/doors/act?handler=Forget", HubUnderTest.Form(("device", "door-1"), ("door", "front")), Stop);
        Assert.Contains("front is off the wall", await browser.GetStringAsync(answer.Headers.Location, Stop), StringComparison.Ordinal);
        Assert.DoesNotContain("front is off the wall", await browser.GetStringAsync(answer.Headers.Location, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_never_came_is_not_offline()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await RegisterAsync(hub);
        var dashboard = await (await hub.SignInAsync(OperatorRole.Owner)).GetStringAsync("/", Stop);

        Assert.Contains("0 offline, 1 not yet started", dashboard, StringComparison.Ordinal);
        Assert.DoesNotContain("has no door yet", dashboard, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operator.unlock", "order")]
    [InlineData("cloud.command-done", "id")]
    public async Task An_event_of_an_order_says_who_gave_it(string kind, string more)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await RegisterAsync(hub);
        var id = await hub.The<CommandDesk>().SendAsync(new CommandDocument("", "door-1", "unlock", default, default, "front", 5), "hazel", Stop);
        var what = new OutboxEvent("door-1", new EventKey(1, 1), DateTimeOffset.UtcNow, kind, OutboxPriority.Access, "front", More: new Dictionary<string, string> { [more] = id });
        hub.The<EventKeeper>().Take(new Heard("door-1", new UpMessage(UpChannel.Events, EventBatch.Write([what], Topics.PayloadBytesMax, out _))));
        await Eventually.TrueAsync(() => hub.The<EventKeeper>().KeptCount == 1);

        var browser = await hub.SignInAsync(OperatorRole.Auditor);
        Assert.Contains("hazel: Unlock", await browser.GetStringAsync(Href(await browser.GetStringAsync("/events", Stop)), Stop), StringComparison.Ordinal);

        static string Href(string page) => Regex.Match(page, "/events/[0-9]+").Value;
    }

    static async Task RegisterAsync(HubUnderTest hub)
    {
        using var key = SigningKey.Create();
        await using var connection = await hub.Database.OpenAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await hub.The<DeviceStore>().RegisterAsync(connection, transaction, "door-1", key.Public.Spki, "main", Stop);
        await connection.ExecuteAsync("INSERT INTO door (device, name) VALUES ('door-1', 'front')", [], Stop, transaction);
        await transaction.CommitAsync(Stop);
    }
}

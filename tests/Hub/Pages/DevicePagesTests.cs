using System.Net;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
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
        using var key = SigningKey.Create();
        await using (var connection = await hub.Database.OpenAsync(Stop))
        await using (var transaction = await connection.BeginTransactionAsync(Stop))
        {
            await hub.The<DeviceStore>().RegisterAsync(connection, transaction, "door-1", key.Public.Spki, "main", Stop);
            await transaction.CommitAsync(Stop);
        }

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
        Assert.DoesNotContain("frnt", await browser.GetStringAsync("/devices", Stop), StringComparison.Ordinal);
    }
}

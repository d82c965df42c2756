using System.Text;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Hosting;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Simulation;
using EdgeFace.Keeping;
using Xunit;

namespace EdgeFace.Tests.Hub.Keys;

/// <summary>A whole hub whose keys are in a token, with a device that verifies by the agent's own code.</summary>
[Collection(SoftTokens.Name)]
public sealed class TokenHubTests(SoftTokens all)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_is_signed_by_the_token_events_are_kept_without_it_and_pushes_go_on_when_it_is_back()
    {
        using var token = new SoftToken(all);
        await using var hub = await HubUnderTest.StartAsync(new HubOptions(SignInsPerMinute: 10_000, Token: token.Options()));
        using var files = new ScratchFolder();
        var time = TimeProvider.System;
        await new SimulatedFleet(files["fleet.json"]).RegisterAsync(hub.Database, "sim", 1, "main", time, Stop);
        var known = new SimulatedFleet(files["fleet.json"]).Read()[0];
        AtomicFile.Write(files["password"], Encoding.ASCII.GetBytes(hub.The<HubBroker>().Admit(known.Name) ?? ""));
        var model = hub.The<PhotoDesk>().Model.ModelId.Value;
        var past = new SimulatedPast(hub.Database, time);
        await past.PeopleAsync(hub.The<PersonStore>(), 1, "main", model, Stop);
        await using var device = new SimulatedDevice(
            known, hub.The<HubBroker>().Devices with { PasswordFile = files["password"] }, hub.The<HubKeys>().Trust, model, "main", files["chunks"], new Spread(), time);
        device.Start();
        await Eventually.TrueAsync(() => device.GalleryVersion > 0);
        var first = device.GalleryVersion;
        device.Report();
        await Eventually.TrueAsync(() => device.Outbox.Made > 0 && device.Outbox.Pending == 0);

        token.TakeAway();
        await Eventually.TrueAsync(() => hub.The<HubKeys>().TokenFault is not null);
        var kept = hub.The<EdgeFace.Hub.Intake.EventKeeper>().KeptCount;
        device.Report();
        await Eventually.TrueAsync(() => hub.The<EdgeFace.Hub.Intake.EventKeeper>().KeptCount > kept);
        await past.PeopleAsync(hub.The<PersonStore>(), 1, "main", model, Stop);
        using (var browser = await hub.SignInAsync(OperatorRole.Owner))
        {
            Assert.Contains("The hub cannot sign", await browser.GetStringAsync("/", Stop), StringComparison.Ordinal);
            Assert.Contains("The key was not changed", await (await browser.PostAsync("/keys?handler=Rotate", HubUnderTest.Form(("role", "Command")), Stop)).Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        Assert.Equal(first, device.GalleryVersion);
        Assert.Null(device.Fault);

        token.PutBack();
        await Eventually.TrueAsync(() => device.GalleryVersion > first, instead: () => hub.The<HubKeys>().TokenFault ?? "");
        await Eventually.TrueAsync(() => device.Outbox.Pending == 0); // the receipt that was owed
        await Eventually.TrueAsync(() => hub.The<HubKeys>().TokenFault is null);
        Assert.Equal(0, device.PushesRefused);
    }
}

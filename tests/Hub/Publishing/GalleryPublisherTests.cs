using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.People;
using EdgeFace.Hub.Publishing;
using EdgeFace.Hub.Simulation;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Publishing;

public sealed class GalleryPublisherTests : IDisposable
{
    readonly ScratchFolder _files = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_whom_only_the_presence_is_heard_is_brought_what_came_while_he_was_away()
    {
        await using var hub = await HubUnderTest.StartAsync();
        var fleet = new SimulatedFleet(_files["fleet.json"]);
        await fleet.RegisterAsync(hub.Database, "sim", 1, "main", TimeProvider.System, Stop);
        var (past, model) = (new SimulatedPast(hub.Database, TimeProvider.System), hub.The<PhotoDesk>().Model.ModelId.Value);
        await past.PeopleAsync(hub.The<PersonStore>(), 1, "main", model, Stop);
        await using (var device = hub.Simulated(fleet.Read()[0], _files, model))
        {
            device.Start();
            await Eventually.TrueAsync(() => device.GalleryVersion > 0);
            await Eventually.TrueAsync(() => Known().Version == device.GalleryVersion);
        }

        await Eventually.TrueAsync(() => !Known().IsOnline);
        await past.PeopleAsync(hub.The<PersonStore>(), 1, "main", model, Stop);
        await Eventually.TrueAsync(() => Newest() > Known().Version);

        await using var voice = await PlainClient.ConnectAsync(
            hub.The<HubBroker>().Devices.Port, "sim-00001", await File.ReadAllTextAsync(_files["sim-00001.password"], Stop));
        await voice.SubscribeAsync(Topics.Of("sim-00001", DownChannel.Manifests));
        await voice.PublishAsync(Topics.Of("sim-00001", UpChannel.Presence), new PresenceDocument(PresenceStatus.Online).ToJson());

        await Eventually.TrueAsync(() => !voice.Heard.IsEmpty);
        Assert.True(SignedText.TryOpen(voice.Heard.First().Payload, GalleryManifest.Type, hub.The<HubKeys>().Trust.For(KeyRole.Enrollment), out var payload, out _));
        Assert.Equal(Newest(), GalleryManifest.Parse(payload).Version);

        Device Known() => hub.The<DeviceStore>().FindAsync("sim-00001", Stop).GetAwaiter().GetResult() ?? throw new InvalidOperationException("It is registered.");

        long Newest() => hub.The<GalleryStore>().AllAsync(Stop).GetAwaiter().GetResult()[0].State?.Version ?? 0;
    }

    public void Dispose() => _files.Dispose();
}

using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Link;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class GalleryLoopTests : IDisposable
{
    readonly PushBed _bed = new();

    [Fact]
    public async Task A_push_comes_through_a_real_broker_and_what_was_lost_on_the_way_is_asked_for()
    {
        await using var bed = await new LinkBed().StartAsync();
        var running = bed.Run(bed.Options());
        await running.OnlineAsync();
        await using var hub = await bed.HubAsync();
        await hub.SubscribeAsync(Topics.UpOfAll);

        // The bed's intake has a clock of its own that stands still: this one has the world's.
        var keys = _bed.Keys;
        var state = default(GalleryInForce);
        var port = new GalleryPort(
            PushBed.Device, () => keys, _bed.Sealing, () => PushBed.Model, () => true, () => state, applied =>
            {
                var manifest = applied.Manifest;
                state = GalleryInForce.Of(manifest);
                return null;
            }, _ => null, (_, _) => { }, _ => { });
        using var folder = new ScratchFolder();
        var time = TimeProvider.System;
        var intake = new GalleryIntake(new GalleryIntakeOptions(MissingSeconds: 1), port, folder["staging"], time);
        var loop = new GalleryLoop(running.Link, intake, time);
        running.Link.Received = loop.Hear;
        using var stop = new CancellationTokenSource();
        var looping = Task.Run(() => loop.RunAsync(stop.Token), TestContext.Current.CancellationToken);
        loop.Connected();

        var push = new GalleryPress(PushBed.Gallery, PushBed.Model, _bed.Enrollment, time).Full(_bed.People(60, values: 4096), 1, _bed.Audience);
        var lost = 0;
        foreach (var message in push.Messages())
        {
            if (message.Channel is DownChannel.Chunks && lost++ % 3 == 0) continue;
            await hub.PublishAsync(Topics.Of(PushBed.Device, message.Channel), message.Payload.ToArray());
        }

        var answered = new HashSet<string>(StringComparer.Ordinal);
        while (state is null)
        {
            await Eventually.TrueAsync(() => state is not null || hub.Heard.Any(heard => !answered.Contains(Encoding.UTF8.GetString(heard.Payload))));
            foreach (var heard in hub.Heard.Where(heard => answered.Add(Encoding.UTF8.GetString(heard.Payload))).ToArray())
            {
                if (GalleryReport.Parse(heard.Payload) is not { Wanting: not null } report) continue;
                foreach (var message in push.Answer(report)) await hub.PublishAsync(Topics.Of(PushBed.Device, message.Channel), message.Payload.ToArray());
            }
        }

        await Eventually.TrueAsync(() => hub.Heard.Select(heard => GalleryReport.Parse(heard.Payload)).Any(report => report?.Version == 1));
        Assert.Equal(60, state.People);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looping);
    }

    [Fact]
    public async Task Who_is_owed_is_said_once_a_connection_and_again_when_he_changes_or_the_link_is_new()
    {
        using var device = SigningKey.Create();
        var hub = TrustedKeys.Of(_bed.Keys.Document with { SealingKey = _bed.OtherSealing.ExportSubjectPublicKeyInfo() });
        var (link, owed) = (new MemoryLink(), new List<PersonRecord> { _bed.Person(), _bed.Person() });
        var uplink = new EnrollmentUplink(link, PushBed.Device, device, () => hub, () => owed, _bed.Time);
        var stop = TestContext.Current.CancellationToken;

        Assert.False(await uplink.SendAsync(stop));
        await uplink.SendAsync(stop);
        Assert.Equal(2, link.Sent.Count);
        owed[0] = _bed.Person();
        await uplink.SendAsync(stop);
        Assert.Equal(3, link.Sent.Count);

        link.Fault = LinkFault.Unanswered;
        uplink.Connected();
        await Assert.ThrowsAsync<LinkException>(() => uplink.SendAsync(stop));
        link.Fault = null;
        await uplink.SendAsync(stop);
        Assert.Equal(5, link.Sent.Count);

        var opening = new EnrollmentOpening(_ => device.Public, _bed.OtherSealing);
        var ids = link.Sent.Select(sent => opening.TryOpen(PushBed.Device, sent.Payload.Span, out var opened, out _) ? opened?.Id : null).ToArray();
        Assert.All(ids, Assert.NotNull);
        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public async Task More_than_a_round_takes_several_and_nothing_is_said_before_the_hub_has_a_key()
    {
        using var device = SigningKey.Create();
        var keys = _bed.Keys;
        var (link, owed) = (new MemoryLink(), _bed.People(EnrollmentUplink.RoundMax + 1));
        var uplink = new EnrollmentUplink(link, PushBed.Device, device, () => keys, () => owed, _bed.Time);
        var stop = TestContext.Current.CancellationToken;

        await uplink.SendAsync(stop);
        Assert.Empty(link.Sent);
        keys = TrustedKeys.Of(keys.Document with { SealingKey = _bed.OtherSealing.ExportSubjectPublicKeyInfo() });
        Assert.True(await uplink.SendAsync(stop));
        Assert.Equal(EnrollmentUplink.RoundMax, link.Sent.Count);
        Assert.False(await uplink.SendAsync(stop));
        Assert.Equal(owed.Length, uplink.Sent);
    }

    public void Dispose() => _bed.Dispose();
}

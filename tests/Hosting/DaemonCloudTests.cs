using System.Text;
using System.Text.Json;
using EdgeFace.Hosting;
using EdgeFace.Link;
using EdgeFace.Tests.Link;
using EdgeFace.Wire;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>The real daemon, and a link that the test holds both ends of.</summary>
public sealed class DaemonCloudTests : IDisposable
{
    readonly SigningKey _root = SigningKey.Create(), _operator = SigningKey.Create(), _stranger = SigningKey.Create();

    public void Dispose()
    {
        _root.Dispose();
        _operator.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task A_signed_command_moves_the_door_and_a_forged_one_does_not()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["nobody"] }] } }, "groups": ["nobody"] }""");
        var daemon = await house.StartAsync();
        var link = new MemoryLink();
        await using var cloud = Connect(daemon, link);

        Say(link, Command(daemon, "unlock").SignedBy(_stranger));
        Say(link, Command(daemon, "unlock").SignedBy(_stranger));
        await house.HappensAsync("cloud.command-refused");
        Assert.Empty(house.Events("door.unlocked"));

        Say(link, (Command(daemon, "unlock") with { Seconds = 2 }).SignedBy(_operator));
        await house.HappensAsync("door.unlocked");
        await house.HappensAsync("cloud.command-done");
        await house.HappensAsync("operator.unlock");

        Assert.Single(house.Events("cloud.command-refused"));
        Assert.Equal("cloud", house.Events("operator.unlock")[0].What.More?["user"]);
        Assert.Equal("done", AnswerOf(link)?.Result);
        Assert.Empty(house.Events("granted"));
    }

    [Fact]
    public async Task What_an_operator_could_not_do_the_cloud_cannot_either()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var daemon = await house.StartAsync();
        var link = new MemoryLink();
        await using var cloud = Connect(daemon, link);
        await house.AskAsync(ControlCommands.Lockdown);

        Say(link, Command(daemon, "unlock").SignedBy(_operator));
        await Eventually.TrueAsync(() => AnswerOf(link) is { Code: "not-now" });
        Say(link, (Command(daemon, "unlock") with { Door = "side" }).SignedBy(_operator));
        await Eventually.TrueAsync(() => AnswerOf(link) is { Code: "bad-input" });
        Say(link, Command(daemon, "enroll").SignedBy(_operator));
        await Eventually.TrueAsync(() => AnswerOf(link) is { Code: "unknown-command" });
        Say(link, (Command(daemon, "log") with { Door = null }).SignedBy(_operator));
        await Eventually.TrueAsync(() => AnswerOf(link) is { Result: "done", More: not null });

        Assert.True(AnswerOf(link)?.More?.GetArrayLength() > 0);
    }

    [Fact]
    public async Task Signed_settings_rule_the_door_also_after_a_restart_and_faulty_ones_change_nothing()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var daemon = await house.StartAsync();
        await house.HappensAsync("granted");
        var link = new MemoryLink();
        await using (var cloud = Connect(daemon, link))
        {
            Desire(daemon, link, 1, """{ "doors": { "side": { } } }""");
            await house.HappensAsync("cloud.settings-refused");
            Assert.Equal((0L, (long?)1), (cloud.Settings.Applied, cloud.Settings.Refused));
            Assert.NotEmpty(cloud.Settings.Faults ?? []);
            Assert.Empty(house.Events("denied.wrong-door"));

            Desire(daemon, link, 2, """{ "doors": { "front": { "rules": [{ "groups": ["nobody"] }] } }, "groups": ["nobody"] }""");
            await house.HappensAsync("cloud.settings-applied");
            await house.HappensAsync("denied.wrong-door");
        }

        var again = new MemoryLink();
        await using var later = Connect(daemon, again);
        Desire(daemon, again, 1, """{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } } }""");
        await Eventually.TrueAsync(() => later.Settings.Code == "old-version");
        Assert.Equal(2, later.Settings.Applied);
        Assert.True(File.Exists(house.Data.Site));
    }

    [Fact]
    public async Task The_next_set_of_keys_is_taken_and_the_old_operator_commands_no_more()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var daemon = await house.StartAsync();
        var link = new MemoryLink();
        await using var cloud = Connect(daemon, link);

        var next = Trust(2, _stranger);
        link.Received?.Invoke(new DownMessage(DownChannel.Trust, Encoding.ASCII.GetBytes(next.SignedBy(_stranger, _root))));
        await house.HappensAsync("cloud.trust-refused");
        link.Received?.Invoke(new DownMessage(DownChannel.Trust, Encoding.ASCII.GetBytes(next.SignedBy(_root, _root))));
        await house.HappensAsync("cloud.trust-changed");
        Say(link, Command(daemon, "unlock").SignedBy(_operator));
        await house.HappensAsync("cloud.command-refused");
        Say(link, Command(daemon, "unlock").SignedBy(_stranger));
        await house.HappensAsync("cloud.command-done");
    }

    [Fact]
    public async Task The_loss_of_the_link_is_an_alarm_and_no_door_waits_for_it()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var daemon = await house.StartAsync();
        var link = new MemoryLink();
        await using var cloud = Connect(daemon, link);

        link.Changed?.Invoke(new LinkState(LinkStatus.Offline, "unreachable", "Nobody listens there."));
        link.Changed?.Invoke(new LinkState(LinkStatus.Connecting, "unreachable", "Nobody listens there."));
        await house.HappensAsync("cloud.lost");
        await house.HappensAsync("granted", times: house.Events("granted").Count + 1);
        link.Changed?.Invoke(new LinkState(LinkStatus.Online));
        await house.HappensAsync("cloud.back");

        Assert.Single(house.Events("cloud.lost"));
    }

    TrustedKeys Trust(long version, SigningKey commands) => TrustedKeys.Of(new TrustDocument(
        version, [new(_root.Public.Spki, [KeyRole.Root]), new(commands.Public.Spki, [KeyRole.Command, KeyRole.Settings])]));

    DaemonCloud Connect(DoorDaemon daemon, MemoryLink link)
    {
        var cloud = new DaemonCloud(
            daemon, link, Trust(1, _operator), new DaemonControl(daemon, "test").Desk(NullLoggerFactory.Instance), "test",
            NullLogger<DaemonCloud>.Instance);
        cloud.Start();
        return cloud;
    }

    static CommandDocument Command(DoorDaemon daemon, string command) =>
        CommandDocument.Of("house", command, daemon.Time.GetUtcNow(), TimeSpan.FromMinutes(1)) with { Door = "front" };

    static void Say(MemoryLink link, string text) =>
        link.Received?.Invoke(new DownMessage(DownChannel.Commands, Encoding.ASCII.GetBytes(text)));

    void Desire(DoorDaemon daemon, MemoryLink link, long version, string site)
    {
        using var parsed = JsonDocument.Parse(site);
        var text = new SettingsDocument("house", version, daemon.Time.GetUtcNow(), parsed.RootElement.Clone()).SignedBy(_operator);
        link.Received?.Invoke(new DownMessage(DownChannel.Desired, Encoding.ASCII.GetBytes(text)));
    }

    static CommandAnswer? AnswerOf(MemoryLink link) =>
        link.Sent.LastOrDefault(sent => sent.Channel is UpChannel.Answers) is { Payload.Length: > 0 } sent
            ? CommandAnswer.Parse(sent.Payload.Span) : null;
}

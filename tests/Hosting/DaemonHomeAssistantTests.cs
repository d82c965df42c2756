using System.Text;
using EdgeFace.Hosting;
using EdgeFace.Twins;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonHomeAssistantTests
{
    [Fact]
    public async Task A_broker_that_gives_the_device_no_right_to_its_topics_is_told_once_and_the_link_stands()
    {
        await using var cloud = await CloudHouse.BuildAsync(shown: new HomeAssistantOptions(Commands: true));
        await cloud.House.StartAsync();

        await cloud.House.HappensAsync("cloud.home-assistant-refused");
        await cloud.House.HappensAsync("granted");
        var written = cloud.House.Events("granted")[0].Id.Seq;
        await Eventually.TrueAsync(() => cloud.Vault.Count(CloudHouse.Device) >= written, "the events are held all the same");

        Assert.Single(cloud.House.Events("cloud.home-assistant-refused"));
    }

    [Fact]
    public async Task The_doors_are_shown_with_their_states_and_an_unlock_is_obeyed_where_that_is_said()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["nobody"] }] } }, "groups": ["nobody"] }""");
        var daemon = await house.StartAsync();
        var words = new HomeAssistant("house", "test", [("front", true)], new HomeAssistantOptions(Commands: true));
        var said = new System.Collections.Concurrent.ConcurrentQueue<(string Topic, string Payload, bool Retained)>();
        var desk = new DaemonControl(daemon, "test").Desk(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        var feed = new HomeAssistantFeed(
            daemon, words, (topic, payload, retain, _) =>
            {
                said.Enqueue((topic, Encoding.UTF8.GetString(payload.Span), retain));
                return Task.CompletedTask;
            },
            new CloudCommands(daemon, desk).ObeyAsync);
        using var stop = new CancellationTokenSource();
        Task[] runs = [feed.ShowAsync(stop.Token), feed.ObeyAsync(stop.Token)];

        var locks = words.StateTopic("front", "lock");
        await Eventually.TrueAsync(() => said.Contains((locks, "LOCKED", true)), "it is locked");
        Assert.Equal(words.ConfigTopic, said.First().Topic);
        feed.Hear(words.CommandTopic("front"), "UNLOCK"u8.ToArray());
        await Eventually.TrueAsync(() => said.Contains((locks, "UNLOCKED", true)), "it is unlocked");
        await Eventually.TrueAsync(
            () => said.Any(each => each.Topic == words.StateTopic("front", "access") && each.Payload.Contains("denied", StringComparison.Ordinal)), "who is denied is shown");

        Assert.All(said.Where(each => each.Topic.EndsWith("/access", StringComparison.Ordinal)), each => Assert.False(each.Retained));
        Assert.Single(house.Events("operator.unlock"));
        feed.Hear(words.BirthTopic, "online"u8.ToArray());
        await Eventually.TrueAsync(() => said.Count(each => each.Topic == words.ConfigTopic) == 2, "all is said again");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(runs));
    }
}

using System.Text.Json;
using EdgeFace.Twins;
using Xunit;

namespace EdgeFace.Tests.Twins;

public sealed class HomeAssistantTests
{
    static readonly HomeAssistant Feed = new("door-1", "1.0", [("front", true), ("side.gate", false)], new HomeAssistantOptions());

    [Fact]
    public void One_message_shows_every_door_with_what_home_assistant_asks_of_the_device_form()
    {
        using var config = JsonDocument.Parse(Feed.Config());
        var root = config.RootElement;

        Assert.Equal("homeassistant/device/edgeface-door-1/config", Feed.ConfigTopic);
        Assert.Equal("edgeface-door-1", root.GetProperty("device").GetProperty("identifiers")[0].GetString());
        Assert.False(string.IsNullOrEmpty(root.GetProperty("origin").GetProperty("name").GetString()));
        Assert.Equal("edgeface/1/door-1/up/presence", root.GetProperty("availability_topic").GetString());
        Assert.Equal("{{ value_json.status }}", root.GetProperty("availability_template").GetString());
        var components = root.GetProperty("components").EnumerateObject().ToArray();
        Assert.Equal(
            ["lock", "binary_sensor", "binary_sensor", "event", "lock", "binary_sensor", "event"],
            components.Select(each => each.Value.GetProperty("platform").GetString()));
        Assert.All(components, each => Assert.Equal(each.Name, each.Value.GetProperty("unique_id").GetString()));
        Assert.All(components, each => Assert.StartsWith("edgeface/1/door-1/up/ha/", each.Value.GetProperty("state_topic").GetString(), StringComparison.Ordinal));
        Assert.All(components, each => Assert.Matches("^[a-zA-Z0-9_-]+$", each.Name));
    }

    [Fact]
    public void A_lock_keeps_no_command_with_the_broker()
    {
        using var config = JsonDocument.Parse(Feed.Config());
        var front = config.RootElement.GetProperty("components").GetProperty("edgeface-door-1-front-lock");

        Assert.False(front.GetProperty("retain").GetBoolean());
        Assert.False(front.GetProperty("optimistic").GetBoolean());
    }

    [Fact]
    public void Commands_are_obeyed_only_where_that_is_said()
    {
        var obeys = new HomeAssistant("door-1", "1.0", [("front", true)], new HomeAssistantOptions(Commands: true));
        var topic = obeys.CommandTopic("front");

        Assert.Equal(["homeassistant/status"], Feed.Reads);
        Assert.Equal(["homeassistant/status", topic], obeys.Reads);
        Assert.Null(Feed.CommandOf(topic, "UNLOCK"u8));
        Assert.Equal(("front", true), obeys.CommandOf(topic, "UNLOCK"u8));
        Assert.Equal(("front", false), obeys.CommandOf(topic, "LOCK"u8));
        Assert.Null(obeys.CommandOf(topic, "OPEN"u8));
        Assert.Null(obeys.CommandOf(obeys.CommandTopic("back"), "UNLOCK"u8));
    }

    [Fact]
    public void An_event_names_its_type_and_nobody()
    {
        using var said = JsonDocument.Parse(HomeAssistant.Event("denied", "unknown", subject: null));

        Assert.Equal("denied", said.RootElement.GetProperty("event_type").GetString());
        Assert.Equal("unknown", said.RootElement.GetProperty("reason").GetString());
        Assert.False(said.RootElement.TryGetProperty("person_id", out _));
        Assert.Contains("denied", HomeAssistant.EventTypes);
    }
}

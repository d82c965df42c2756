using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.IotHub;

public sealed class IotHubTopicsTests
{
    [Fact]
    public void Telemetry_says_its_channel_and_that_it_is_json() => Assert.Equal(
        "devices/door-1/messages/events/channel=events&$.ct=application%2Fjson&$.ce=utf-8/",
        IotHubTopics.Telemetry("door-1", UpChannel.Events));

    [Fact]
    public void All_three_forms_of_a_property_are_read()
    {
        var bag = IotHubTopics.ReadBag("none&empty=&some=a%26b%3Dc&%24.mid=7&some=twice");

        Assert.Equal(4, bag.Count);
        Assert.Null(bag["none"]);
        Assert.Equal(("", "a&b=c", "7"), (bag["empty"], bag["some"], bag["$.mid"]));
    }

    [Fact]
    public void A_bag_reads_back_as_it_was_written()
    {
        var bag = IotHubTopics.ReadBag(IotHubTopics.Bag(("a b", "1/2"), ("none", null), ("empty", ""), ("$.ct", "x")));

        Assert.Equal(["a b", "none", "empty", "$.ct"], bag.Keys);
        Assert.Equal(["1/2", null, "", "x"], bag.Values);
    }

    [Fact]
    public void An_answer_of_the_twin_is_read()
    {
        Assert.True(IotHubTopics.TryAnswer("$iothub/twin/res/204/?$rid=1f&$version=6", IotHubTopics.TwinAnswers, out var status, out var bag));
        Assert.Equal((204, "1f", "6"), (status, bag["$rid"], bag["$version"]));
    }

    [Fact]
    public void An_answer_of_the_provisioning_service_says_when_to_ask_again()
    {
        Assert.True(IotHubTopics.TryAnswer(
            "$dps/registrations/res/202/?$rid=a&retry-after=3", IotHubTopics.ProvisioningAnswers, out var status, out var bag));
        Assert.Equal(TimeSpan.FromSeconds(3), new IotHubAnswer(status, bag, default).RetryAfter);
    }

    [Theory]
    [InlineData("$iothub/twin/res/")]
    [InlineData("$iothub/twin/res/200")]
    [InlineData("$iothub/twin/res/two/?$rid=1")]
    [InlineData("$iothub/twin/res/200/?rid=1")]
    [InlineData("$iothub/twin/PATCH/properties/desired/?$version=1")]
    public void What_is_no_answer_is_none(string topic) => Assert.False(IotHubTopics.TryAnswer(topic, IotHubTopics.TwinAnswers, out _, out _));

    [Fact]
    public void A_method_is_read_and_its_number_kept_as_it_is()
    {
        Assert.True(IotHubTopics.TryMethod("$iothub/methods/POST/commands/?$rid=a1B", out var name, out var request));
        Assert.Equal(("commands", "a1B"), (name, request));
        Assert.Equal("$iothub/methods/res/202/?$rid=a1B", IotHubTopics.MethodAnswer(202, request));
    }

    [Fact]
    public void A_message_to_another_device_is_none_of_ours()
    {
        Assert.False(IotHubTopics.TryToDevice("devices/door-2/messages/devicebound/channel=heads", "door-1", out _));
        Assert.True(IotHubTopics.TryToDevice("devices/door-1/messages/devicebound/%24.to=x&channel=heads", "door-1", out var bag));
        Assert.Equal("heads", bag["channel"]);
    }
}

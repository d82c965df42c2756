using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class TopicsTests
{
    [Fact]
    public void A_channel_has_one_topic_each_way_and_reads_back()
    {
        foreach (var channel in Enum.GetValues<UpChannel>())
        {
            Assert.True(Topics.TryParse(Topics.Of("door-1", channel), out var device, out UpChannel read));
            Assert.Equal(("door-1", channel), (device, read));
        }

        foreach (var channel in Enum.GetValues<DownChannel>())
        {
            Assert.True(Topics.TryParse(Topics.Of("door-1", channel), out var device, out DownChannel read));
            Assert.Equal(("door-1", channel), (device, read));
        }

        Assert.Equal("edgeface/1/door-1/up/events", Topics.Of("door-1", UpChannel.Events));
    }

    [Theory]
    [InlineData("edgeface/1/door-1/up/0")]
    [InlineData("edgeface/1/door-1/up/Events")]
    [InlineData("edgeface/1/door-1/up/events,gallery")]
    [InlineData("edgeface/1/door-1/up/events/more")]
    [InlineData("edgeface/2/door-1/up/events")]
    [InlineData("edgeface/1/door+1/up/events")]
    [InlineData("edgeface/1//up/events")]
    [InlineData("edgeface/1/door-1/down/commands")]
    [InlineData("")]
    public void Anything_else_is_no_topic_of_a_device_that_speaks(string topic) =>
        Assert.False(Topics.TryParse(topic, out _, out UpChannel _));

    [Theory]
    [InlineData("a", true)]
    [InlineData("door-1.hall_2", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("#", false)]
    [InlineData("+", false)]
    [InlineData("door 1", false)]
    public void A_device_s_name_has_nothing_that_a_filter_would_read(string name, bool expected) =>
        Assert.Equal(expected, Topics.IsDevice(name));
}

using System.Text;
using System.Text.Json;
using EdgeFace.Link;
using Xunit;

namespace EdgeFace.Tests.IotHub;

public sealed class IotHubTwinTests
{
    [Theory]
    [InlineData("""{"desired":{"$version":1,"$version":2}}""")]
    [InlineData("""{"desired":{"$version":1,"edgeface":{"settings":"\ud800"}}}""")]
    [InlineData("""{"desired":{"$version":1,"\udc00":1}}""")]
    [InlineData("""{"desired":{}}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void What_is_no_twin_is_told_in_one_way(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.ThrowsAny<JsonException>(() => new IotHubTwin().TakeWhole(bytes));
        Assert.ThrowsAny<JsonException>(() => new IotHubTwin().TakePatch(bytes));
    }

    [Fact]
    public void A_sound_one_gives_its_settings() => Assert.Equal(
        "text", Encoding.UTF8.GetString(new IotHubTwin().TakeWhole("""{"desired":{"$version":1,"edgeface":{"settings":"text"}}}"""u8) ?? []));
}

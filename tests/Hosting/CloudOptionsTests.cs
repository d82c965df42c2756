using EdgeFace.Documents;
using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class CloudOptionsTests
{
    [Theory]
    [InlineData("side.door", "side_door", true)]
    [InlineData("side-door", "side_door", false)]
    public void Two_doors_that_Home_Assistant_would_take_for_one_are_refused(string one, string other, bool isRefused)
    {
        var json = $$$"""
            {"device": "d", "site": "s.json",
             "cameras": {"a": {"source": "file:a.mp4"}, "b": {"source": "file:b.mp4"}},
             "doors": {"{{{one}}}": {"camera": "a", "simulated": {}}, "{{{other}}}": {"camera": "b", "simulated": {} } },
             "cloud": {"trust": "trust.json", "mqtt": {"host": "broker.example" }, "home_assistant": {} } }
            """;

        var fault = Record.Exception(() => StrictJson.Parse<DeviceProfile>(json, "test"));

        if (isRefused) Assert.Contains("for one door, 'side_door'", Assert.IsType<DocumentException>(fault).Message, StringComparison.Ordinal);
        else Assert.Null(fault);
    }
}

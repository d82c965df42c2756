using System.Text;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Wire;

public sealed class GalleryReportTests
{
    const string Sound = """
        {"gallery":"main","model":"m@1","version":7,"content":"AAAA","people":1,"templates":1,"wants_full":false,"rolled_back":false,
         "wanting":{"manifest":"AAAA","ranges":[{"first":0,"last":3}]},"refused":[{"code":"c","message":"m"}]}
        """;

    [Fact]
    public void A_sound_one_is_read() => Assert.Equal(7, Parse(Sound)?.Version);

    [Theory]
    [InlineData("""{"gallery":"m","refused":[],"wanting":{}}""")]
    [InlineData("""{"gallery":"m","model":"x","version":1,"content":"AAAA","people":0,"templates":0,"wants_full":false,"rolled_back":false}""")]
    [InlineData("""{"refused":[]}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    public void What_lacks_something_is_none(string json) => Assert.Null(Parse(json));

    [Theory]
    [InlineData("\"AAAA\",\"people\"", "null,\"people\"")]
    [InlineData("\"m@1\"", "null")]
    [InlineData("[{\"first\":0,\"last\":3}]", "[null]")]
    [InlineData("[{\"first\":0,\"last\":3}]", "null")]
    [InlineData("[{\"code\":\"c\",\"message\":\"m\"}]", "[{}]")]
    [InlineData("[{\"code\":\"c\",\"message\":\"m\"}]", "[null]")]
    [InlineData("\"main\"", "\"\\ud800\"")]
    [InlineData("7", "1e999")]
    public void What_is_wrong_in_one_place_is_none(string part, string other)
    {
        Assert.Contains(part, Sound, StringComparison.Ordinal);
        Assert.Null(Parse(Sound.Replace(part, other, StringComparison.Ordinal)));
    }

    static GalleryReport? Parse(string json) => GalleryReport.Parse(Encoding.UTF8.GetBytes(json));
}

using EdgeFace.Consumer;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class GoneRangeTests
{
    [Theory]
    [InlineData("4", "8", 4L, 8L)]
    [InlineData("8", "8", 8L, 8L)]
    [InlineData("4", "9007199254740991", 4L, 99L)] // what is given later cannot be gone
    public void An_event_speaks_of_the_numbers_before_its_own(string from, string to, long first, long last) =>
        Assert.Equal((first, last), Said(from, to) is { } gone ? (gone.From, gone.To) : default);

    [Theory]
    [InlineData("0", "8")]
    [InlineData("8", "4")]
    [InlineData("100", "200")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("4", "9223372036854775807")]
    [InlineData("-1", "8")]
    [InlineData("", "8")]
    public void Numbers_that_no_device_gives_say_nothing(string from, string to) => Assert.Null(Said(from, to));

    static GoneRange? Said(string from, string to) =>
        GoneRange.Of(SomeEvents.One(1, 100, "journal.resend-gone", ("from_seq", from), ("to_seq", to), ("boot", "1")));
}

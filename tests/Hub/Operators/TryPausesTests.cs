using System.Net;
using EdgeFace.Hub.Operators;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

public sealed class TryPausesTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void Pauses_double_from_a_second_to_a_quarter_of_an_hour()
    {
        Assert.Equal([0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900],
            Enumerable.Range(3, 14).Select(tries => TryPauses.Pause(tries, 5).TotalSeconds).Select(seconds => (int)seconds));
    }

    [Fact]
    public void Tries_are_free_at_first_and_then_wait()
    {
        var pauses = new TryPauses(_time);
        for (var i = 0; i < 5; i++) Assert.Equal(TimeSpan.Zero, pauses.Count("name:x", 5));

        Assert.Equal(TimeSpan.FromSeconds(1), pauses.Count("name:x", 5));
        Assert.Equal(TimeSpan.Zero, pauses.Count("name:y", 5));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pauses.Count("name:x", 5));
        Assert.Equal(TimeSpan.FromSeconds(2), pauses.Count("name:x", 5));
        _time.Advance(TimeSpan.FromDays(2));
        for (var i = 0; i < 5; i++) Assert.Equal(TimeSpan.Zero, pauses.Count("name:x", 5));
    }

    [Fact]
    public void An_IPv6_customer_is_one_address_and_mapped_IPv4_is_IPv4()
    {
        Assert.Equal(TryPauses.Key(IPAddress.Parse("2001:db8:1:2::1")), TryPauses.Key(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(TryPauses.Key(IPAddress.Parse("2001:db8:1:2::1")), TryPauses.Key(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal(TryPauses.Key(IPAddress.Parse("192.0.2.1")), TryPauses.Key(IPAddress.Parse("::ffff:192.0.2.1")));
    }

    [Fact]
    public void However_many_come_only_so_many_are_remembered_and_the_latest_are_among_them()
    {
        var pauses = new TryPauses(_time);
        for (var i = 0; i < 25_000; i++)
        {
            pauses.Count($"address:{i}", 5);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        for (var i = 0; i < 4; i++) pauses.Count("address:24999", 5);
        Assert.True(pauses.Count("address:24999", 5) > TimeSpan.Zero);
    }
}

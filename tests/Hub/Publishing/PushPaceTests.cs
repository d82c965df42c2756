using EdgeFace.Hub.Publishing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Publishing;

public sealed class PushPaceTests
{
    [Fact]
    public void Pushes_are_on_the_way_one_behind_the_other_and_half_a_minute_at_most()
    {
        var time = new FakeTimeProvider();
        var pace = new PushPace(time);
        Assert.False(pace.IsOnTheWay("main"));

        pace.Add("main", TimeSpan.FromSeconds(2));
        time.Advance(TimeSpan.FromSeconds(1));
        pace.Add("main", TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.True(pace.IsOnTheWay("main"));
        Assert.False(pace.IsOnTheWay("other"));
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(pace.IsOnTheWay("main"));

        pace.Add("main", TimeSpan.FromHours(1));
        time.Advance(PushPace.Most - TimeSpan.FromSeconds(1));
        Assert.True(pace.IsOnTheWay("main"));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(pace.IsOnTheWay("main"));
        pace.Add("main", TimeSpan.FromSeconds(9));
        pace.End("main");
        Assert.False(pace.IsOnTheWay("main"));
    }
}

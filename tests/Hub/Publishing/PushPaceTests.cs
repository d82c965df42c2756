using EdgeFace.Hub.Publishing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Publishing;

public sealed class PushPaceTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_next_version_waits_until_all_pushes_had_the_time_one_behind_the_other()
    {
        var pace = new PushPace(_time);
        Assert.False(pace.HasToWait("main"));

        pace.Add("main", TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1));
        pace.Add("main", TimeSpan.FromSeconds(3));
        _time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.True(pace.HasToWait("main"));
        Assert.False(pace.HasToWait("other"));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(pace.HasToWait("main"));

        pace.Add("main", TimeSpan.FromSeconds(9));
        pace.End("main");
        Assert.False(pace.HasToWait("main"));
    }

    [Fact]
    public void Whoever_was_added_waits_no_longer_however_many_are_brought_the_version_before()
    {
        var pace = new PushPace(_time);
        pace.Add("main", TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(pace.HasToWait("main")); // now somebody was added
        for (var waited = TimeSpan.Zero; waited < PushPace.Most - TimeSpan.FromSeconds(1); waited += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            pace.Add("main", TimeSpan.FromMinutes(1));
            Assert.Equal(waited < PushPace.Most - TimeSpan.FromSeconds(1), pace.HasToWait("main"));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(pace.HasToWait("main"));
        pace.Next("main");
        Assert.True(pace.HasToWait("main")); // the next one's time begins anew
    }
}

using EdgeFace.Hub.Publishing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hub.Publishing;

public sealed class SendPaceTests
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void It_is_sent_again_later_each_time_and_then_not_any_more()
    {
        var pace = new SendPace(_time);
        for (var seconds = 10; seconds <= 10 << 7; seconds *= 2)
        {
            Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 5));
            pace.Sent("door-1", 5, TimeSpan.FromSeconds(3));
            _time.Advance(TimeSpan.FromSeconds(seconds + 2.9));
            Assert.Equal(SendTurn.Later, pace.TurnOf("door-1", 5));
            _time.Advance(TimeSpan.FromSeconds(0.2));
        }

        Assert.Equal(SendTurn.Never, pace.TurnOf("door-1", 5));
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 6));
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-2", 5));
    }

    [Fact]
    public void Who_was_left_alone_and_says_something_is_sent_it_once_more_and_then_once_in_a_long_while()
    {
        var pace = LeftAlone();
        pace.Speaks("door-1");
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 5));

        pace.Sent("door-1", 5, TimeSpan.Zero);
        pace.Speaks("door-1");
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(SendTurn.Later, pace.TurnOf("door-1", 5));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 5));
    }

    [Fact]
    public void Who_comes_back_is_not_kept_waiting_for_what_went_where_he_was_not()
    {
        var pace = LeftAlone();
        pace.Sent("door-1", 5, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(30));
        pace.Comes("door-1");
        Assert.Equal(SendTurn.Later, pace.TurnOf("door-1", 5));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 5));
    }

    [Fact]
    public void Who_comes_back_while_it_is_on_its_way_is_not_sent_it_twice()
    {
        var pace = new SendPace(_time);
        pace.Sent("door-1", 5, TimeSpan.FromMinutes(2));
        pace.Comes("door-1");
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(SendTurn.Later, pace.TurnOf("door-1", 5));

        pace.Forget("door-1");
        Assert.Equal(SendTurn.Now, pace.TurnOf("door-1", 5));
    }

    /// <summary>Sent so often that nothing more is sent.</summary>
    SendPace LeftAlone()
    {
        var pace = new SendPace(_time);
        for (var i = 0; pace.TurnOf("door-1", 5) is not SendTurn.Never; i++)
        {
            Assert.True(i < 20);
            pace.Sent("door-1", 5, TimeSpan.Zero);
            _time.Advance(TimeSpan.FromHours(1));
        }

        return pace;
    }
}

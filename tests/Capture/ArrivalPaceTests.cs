using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class ArrivalPaceTests
{
    const double Step = 0.04;

    readonly ArrivalPace _pace = new(TimeProvider.System);
    double _at = 1;

    [Fact]
    public void Pictures_that_come_at_their_pace_are_never_late_and_neither_with_the_network_s_usual_delays()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++) Assert.False(Comes(Step * random.NextDouble() * 2));
        Assert.False(Comes(0.4));
        for (var i = 0; i < 10; i++) Assert.False(Comes(0.001));
    }

    [Fact]
    public void A_backlog_after_a_gap_is_late_until_pictures_come_at_their_pace_again()
    {
        AtPace(100);
        Assert.True(Comes(2.5));
        for (var i = 0; i < 60; i++) Assert.True(Comes(0.002));
        Assert.False(Comes(Step));
        AtPace(100);
    }

    [Fact]
    public void A_stream_that_goes_on_at_its_pace_after_a_gap_loses_one_picture()
    {
        AtPace(100);
        Assert.True(Comes(2.5));
        AtPace(100);
    }

    [Fact]
    public void A_camera_that_is_faster_after_a_gap_is_believed_once_no_backlog_can_be_so_long()
    {
        AtPace(100);
        Assert.True(Comes(1));
        var late = 0;
        while (Comes(Step / 4)) late++;
        Assert.InRange(late, 25, 40);
        for (var i = 0; i < 100; i++) Assert.False(Comes(Step / 4));
    }

    [Fact]
    public void A_stream_of_one_picture_a_second_has_no_gaps()
    {
        for (var i = 0; i < 100; i++) Assert.False(Comes(i % 2 == 0 ? 0.7 : 1.3));
    }

    void AtPace(int pictures)
    {
        for (var i = 0; i < pictures; i++) Assert.False(Comes(Step));
    }

    bool Comes(double secondsLater)
    {
        _at += secondsLater;
        return _pace.IsLate((long)(_at * TimeProvider.System.TimestampFrequency));
    }
}

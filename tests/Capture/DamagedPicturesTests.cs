using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class DamagedPicturesTests
{
    readonly DamagedPictures _damaged = new(TimeProvider.System, TimeSpan.FromSeconds(3));

    [Fact]
    public void Damaged_pictures_between_whole_ones_never_lose_the_camera()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(_damaged.AreTooMany(At(i / 30.0)));
            if (i % 10 == 0) _damaged.Whole();
        }
    }

    [Fact]
    public void A_run_of_thirty_is_a_lost_camera()
    {
        for (var i = 1; i < 30; i++) Assert.False(_damaged.AreTooMany(At(i / 30.0)));
        Assert.True(_damaged.AreTooMany(At(1)));
        Assert.Equal(30, _damaged.Run);
    }

    [Fact]
    public void A_slow_camera_is_lost_when_it_has_shown_nothing_whole_for_so_long_as_a_camera_may_stall()
    {
        Assert.False(_damaged.AreTooMany(At(1)));
        Assert.False(_damaged.AreTooMany(At(2)));
        Assert.True(_damaged.AreTooMany(At(4)));
    }

    static long At(double seconds) => (long)((1 + seconds) * TimeProvider.System.TimestampFrequency);
}

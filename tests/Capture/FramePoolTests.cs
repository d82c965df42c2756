using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class FramePoolTests
{
    [Fact]
    public void A_frame_comes_home_once_however_often_it_is_disposed()
    {
        var pool = new FramePool(frames: 2, maxWidth: 8, maxHeight: 4);
        var frame = pool.TryRent(8, 4);
        Assert.NotNull(frame);
        Assert.Equal(1, pool.OnLoan);

        frame.Dispose();
        frame.Dispose();

        Assert.Equal(0, pool.OnLoan);
        using var first = pool.TryRent(8, 4);
        using var second = pool.TryRent(8, 4);
        Assert.NotNull(second);
        Assert.Null(pool.TryRent(8, 4));
    }

    [Fact]
    public void A_frame_that_went_home_cannot_be_used()
    {
        var pool = new FramePool(frames: 1, maxWidth: 8, maxHeight: 4);
        var frame = pool.TryRent(8, 4);
        Assert.NotNull(frame);
        frame.Dispose();

        Assert.Throws<ObjectDisposedException>(() => frame.Pixels.Length);
        Assert.Throws<ObjectDisposedException>(() => frame.AsMat());
    }

    [Fact]
    public void The_pixels_of_a_face_are_wiped_on_the_way_home()
    {
        var pool = new FramePool(frames: 1, maxWidth: 8, maxHeight: 4);
        using (var frame = pool.TryRent(8, 4))
        {
            Assert.NotNull(frame);
            frame.Pixels.Fill(77);
        }

        using var again = pool.TryRent(8, 4);
        Assert.NotNull(again);
        Assert.Equal(-1, again.Pixels.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void A_smaller_frame_fits_in_and_a_larger_one_is_refused()
    {
        var pool = new FramePool(frames: 1, maxWidth: 8, maxHeight: 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TryRent(9, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.TryRent(65_536, 65_536));

        using var frame = pool.TryRent(4, 8);
        Assert.Equal(4 * 8 * 3, frame?.Pixels.Length);
    }

    [Fact]
    public void OpenCV_sees_the_frame_s_own_pixels()
    {
        using var frame = Frame.Allocate(3, 2);
        using var picture = frame.AsMat();
        picture.SetTo(new OpenCvSharp.Scalar(1, 2, 3));

        Assert.Equal([1, 2, 3, 1, 2, 3], frame.Pixels[..6].ToArray());
        Assert.Equal(frame.Address, picture.Data);
    }
}

using System.Buffers.Binary;
using EdgeFace.Capture;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class VideoReaderTests
{
    const int Frames = 50;

    [Theory]
    [InlineData("mp4", "mp4v")]
    [InlineData("mov", "mp4v")]
    [InlineData("avi", "MJPG")]
    [InlineData("mkv", "FFV1")]
    public void Every_frame_comes_in_order_with_its_time(string extension, string codec)
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, extension, codec));
        var pool = Pool(video);

        Assert.Equal((64, 48), (video.Width, video.Height));
        Assert.Equal((25.0, (int?)Frames), (video.FramesPerSecond, video.FrameCount));
        for (var i = 0; i < Frames; i++)
        {
            using var frame = video.Read(pool);
            Assert.NotNull(frame);
            Assert.InRange(frame.Position.TotalMilliseconds, i * 40 - 1, i * 40 + 1);
            Assert.InRange(frame.Pixels[0], Shade(i) - 4, Shade(i) + 4);
        }

        Assert.Null(video.Read(pool));
        Assert.Null(video.Read(pool));
        Assert.Equal(0, pool.OnLoan);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(400, 10)]
    [InlineData(401, 11)]
    [InlineData(1_960, 49)]
    [InlineData(1_000, 25)]
    public void A_seek_gives_the_first_frame_at_or_after_the_time(int milliseconds, int expected)
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        var pool = Pool(video);

        video.SeekTo(TimeSpan.FromMilliseconds(milliseconds));
        using var frame = video.Read(pool);

        Assert.NotNull(frame);
        Assert.InRange(frame.Position.TotalMilliseconds, expected * 40 - 1, expected * 40 + 1);
        Assert.InRange(frame.Pixels[0], Shade(expected) - 4, Shade(expected) + 4);
    }

    [Fact]
    public void Past_the_end_there_is_nothing_and_one_can_go_back()
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        var pool = Pool(video);

        video.SeekTo(TimeSpan.FromHours(1));
        Assert.Null(video.Read(pool));
        video.SeekTo(TimeSpan.Zero);
        using var first = video.Read(pool);
        Assert.Equal(TimeSpan.Zero, first?.Position);
    }

    [Fact]
    public void A_phone_s_rotation_is_applied()
    {
        using var folder = new TemporaryFolder();
        var path = Video(folder, "mp4", "mp4v");
        var bytes = File.ReadAllBytes(path);
        RotateQuarter(bytes);
        using var video = new VideoReader(folder.Write("turned.mp4", bytes));
        var pool = Pool(video);

        using var frame = video.Read(pool);

        Assert.Equal((48, 64), (video.Width, video.Height));
        Assert.Equal((48, 64), (frame?.Width, frame?.Height));

        // The white stripe at the left of the sensor is at the top of the upright picture.
        Assert.NotNull(frame);
        Assert.True(frame.Pixels[(2 * frame.Stride) + (24 * 3)] > 200);
        Assert.True(frame.Pixels[(60 * frame.Stride) + (24 * 3)] < 100);
    }

    [Fact]
    public void A_frame_costs_its_own_object_and_nothing_more()
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        var pool = Pool(video);
        for (var i = 0; i < 10; i++) video.Read(pool)?.Dispose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 30; i++) video.Read(pool)?.Dispose();
        var perFrame = (GC.GetAllocatedBytesForCurrentThread() - before) / 30.0;

        TestContext.Current.SendDiagnosticMessage("{0} bytes a frame", perFrame);
        Assert.InRange(perFrame, 0, 128);
    }

    [Fact]
    public void When_all_frames_are_out_nothing_is_read_and_nothing_is_lost()
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        var pool = new FramePool(1, video.Width, video.Height);

        var first = video.Read(pool);
        Assert.Throws<InvalidOperationException>(() => video.Read(pool));
        first?.Dispose();

        using var second = video.Read(pool);
        Assert.Equal(40, second?.Position.TotalMilliseconds ?? 0, tolerance: 1.0);
    }

    [Fact]
    public void A_pool_of_smaller_pictures_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        Assert.Throws<ArgumentOutOfRangeException>(() => video.Read(new FramePool(1, 32, 32)));
    }

    [Fact]
    public void A_closed_video_cannot_be_read()
    {
        using var folder = new TemporaryFolder();
        var video = new VideoReader(Video(folder, "mp4", "mp4v"));
        var pool = Pool(video);
        video.Dispose();
        video.Dispose();

        Assert.Throws<ObjectDisposedException>(() => video.Read(pool));
        Assert.Throws<ObjectDisposedException>(() => video.SeekTo(TimeSpan.Zero));
        Assert.Equal(0, pool.OnLoan);
    }

    [Theory]
    [InlineData("mp4", "mp4v")]
    [InlineData("avi", "MJPG")]
    public void A_video_that_was_cut_off_says_at_which_byte(string extension, string codec)
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Video(folder, extension, codec));
        var cut = folder.Write($"cut.{extension}", whole[..(whole.Length / 2)]);

        var refusal = Refusal(cut);

        Assert.Equal(PictureFault.Truncated, refusal.Fault);
        Assert.Contains($"{whole.Length / 2:N0}", refusal.Message);
    }

    [Fact]
    public void A_video_without_its_index_says_so()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Video(folder, "mp4", "mp4v"));
        var index = whole.AsSpan().IndexOf("moov"u8);
        "free"u8.CopyTo(whole.AsSpan(index));

        var refusal = Refusal(folder.Write("headless.mp4", whole));

        Assert.Equal(PictureFault.Truncated, refusal.Fault);
        Assert.Contains("moov", refusal.Message);
    }

    [Theory]
    [InlineData("#EXTM3U\nhttp://127.0.0.1:9/x.ts\n", PictureFault.Foreign)]
    [InlineData("\u00FF\u00D8\u00FF\u00E0", PictureFault.Foreign)]
    [InlineData("\u001AE\u00DF\u00A3\u0001\u0001\u0001", PictureFault.Damaged)]
    [InlineData("", PictureFault.Empty)]
    public void What_is_no_video_is_refused(string content, PictureFault fault)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(fault, Refusal(folder.Write("x.mp4", System.Text.Encoding.Latin1.GetBytes(content))).Fault);
    }

    [Fact]
    public void An_address_is_not_a_file()
    {
        Assert.Equal(PictureFault.Missing, Refusal("http://127.0.0.1:9/video.mp4").Fault);
        Assert.Equal(PictureFault.Missing, Refusal("/no/such/video.mp4").Fault);
    }

    [Fact]
    public void A_video_over_the_limit_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = Video(folder, "mp4", "mp4v");
        var refusal = Assert.Throws<PictureException>(() => new VideoReader(path, new PictureLimits(Side: 50)));
        Assert.Equal(PictureFault.TooLarge, refusal.Fault);
    }

    [Fact]
    public void Five_hundred_damaged_videos_give_frames_or_a_refusal_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Video(folder, "mp4", "mp4v"));
        var random = new Random(5);
        var refusals = 0;
        for (var i = 0; i < 500; i++)
        {
            var bytes = (byte[])whole.Clone();
            for (var changes = random.Next(1, 20); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            refusals += Plays(folder.Write("damaged.mp4", bytes)) ? 0 : 1;
        }

        Assert.InRange(refusals, 1, 499);
    }

    static bool Plays(string path)
    {
        try
        {
            using var video = new VideoReader(path, new PictureLimits(Side: 2_000));
            var pool = Pool(video);
            for (var i = 0; i < 5; i++) video.Read(pool)?.Dispose();
            Assert.Equal(0, pool.OnLoan);
            return true;
        }
        catch (PictureException)
        {
            return false;
        }
    }

    static PictureException Refusal(string path) => Assert.Throws<PictureException>(() => new VideoReader(path));

    static FramePool Pool(VideoReader video) => new(2, video.Width, video.Height);

    /// <summary>Grey that gets lighter by a step each frame, so a frame is known by its pixel.</summary>
    static int Shade(int frame) => 20 + (frame * 4);

    static string Video(TemporaryFolder folder, string extension, string codec)
    {
        var path = folder.At($"video.{extension}");
        QuietDecoders.Ensure();
        using var writer = new VideoWriter();
        Assert.True(writer.Open(path, VideoCaptureAPIs.FFMPEG, FourCC.FromString(codec), 25, new Size(64, 48)));
        using var picture = new Mat(48, 64, MatType.CV_8UC3);
        for (var i = 0; i < Frames; i++)
        {
            picture.SetTo(Scalar.All(Shade(i)));
            if (codec == "mp4v" && i == 0) picture[16, 48, 0, 16].SetTo(Scalar.White);
            writer.Write(picture);
        }

        writer.Release();
        return path;
    }

    /// <summary>Writes the matrix of a quarter turn into the track header (ISO/IEC 14496-12, 8.3.2).</summary>
    static void RotateQuarter(byte[] mp4)
    {
        var matrix = mp4.AsSpan(mp4.AsSpan().IndexOf("tkhd"u8) + 4 + 40);
        int[] turned = [0, 0x10000, 0, -0x10000, 0, 0, 48 << 16, 0, 0x40000000];
        for (var i = 0; i < turned.Length; i++) BinaryPrimitives.WriteInt32BigEndian(matrix[(4 * i)..], turned[i]);
    }
}

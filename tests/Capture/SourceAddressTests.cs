using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class SourceAddressTests
{
    [Theory]
    [InlineData("v4l2:/dev/video0", "V4l2", "/dev/video0")]
    [InlineData("file:///media/a.mp4", "File", "/media/a.mp4")]
    [InlineData("file:a.mp4#t=1,2", "File", "a.mp4#t=1,2")]
    [InlineData("RTSP://host/x", "Rtsp", "RTSP://host/x")]
    [InlineData("https://host/x.mjpg", "Http", "https://host/x.mjpg")]
    [InlineData("pipe: cat x", "Pipe", "cat x")]
    public void A_source_is_taken_apart_at_its_scheme(string source, string scheme, string rest)
    {
        var address = SourceAddress.Parse(source);
        Assert.Equal((scheme, rest), (address.Scheme.ToString(), address.Rest));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/dev/video0")]
    [InlineData("ftp://host/x")]
    [InlineData("file:")]
    [InlineData("rtsp:")]
    [InlineData("rtsp://host/x\nfile '/etc/passwd'")]
    public void What_is_no_source_is_refused(string source) =>
        Assert.Throws<ArgumentException>(() => SourceAddress.Parse(source));

    [Theory]
    [InlineData("rtsp://admin:s3cret@cam/live", "rtsp://***@cam/live")]
    [InlineData("rtsp://admin:p@ss@cam/live", "rtsp://***@cam/live")]
    [InlineData("http://cam/v.cgi?user=admin&password=s3cret", "http://cam/v.cgi?***")]
    [InlineData("pipe:gst-launch-1.0 rtspsrc location='rtsp://u:s3cret@cam/1?token=x' ! x", "pipe:gst-launch-1.0 rtspsrc location='rtsp://***@cam/1?***' ! x")]
    [InlineData("pipe:mail a@b.c", "pipe:mail a@b.c")]
    public void A_password_is_never_shown(string source, string shown)
    {
        Assert.Equal(shown, SourceAddress.Parse(source).ToString());
        Assert.DoesNotContain("s3cret", new CameraOptions(source).ToString());
        Assert.DoesNotContain("s3cret", $"{new CameraOptions(source, Width: 2, Height: 2)}");
    }

    [Fact]
    public void A_refused_source_does_not_show_its_password_either()
    {
        var refusal = Assert.Throws<ArgumentException>(() => SourceAddress.Parse("rtps://admin:s3cret@cam/live"));
        Assert.DoesNotContain("s3cret", refusal.Message);
    }

    [Theory]
    [InlineData("a.mp4", "a.mp4", 0, double.PositiveInfinity)]
    [InlineData("a.mp4#t=60,67.5", "a.mp4", 60, 67.5)]
    [InlineData("a.mp4#t=,5", "a.mp4", 0, 5)]
    [InlineData("a#b.mp4#t=5", "a#b.mp4", 5, double.PositiveInfinity)]
    public void A_part_of_a_video_is_read(string text, string path, double from, double to)
    {
        var media = MediaFragment.Parse(text);
        Assert.Equal((path, from), (media.Path, media.From.TotalSeconds));
        Assert.Equal(double.IsInfinity(to) ? TimeSpan.MaxValue : TimeSpan.FromSeconds(to), media.To);
    }

    [Theory]
    [InlineData("a.mp4#t=67,60")]
    [InlineData("a.mp4#t=1,2,3")]
    [InlineData("a.mp4#t=-1,2")]
    [InlineData("a.mp4#t=x")]
    [InlineData("a.mp4#t=5,")]
    public void What_is_no_part_is_refused(string text) => Assert.Throws<ArgumentException>(() => MediaFragment.Parse(text));

    [Theory]
    [InlineData("a b  c", new[] { "a", "b", "c" })]
    [InlineData("a 'b c' \"d 'e\"", new[] { "a", "b c", "d 'e" })]
    [InlineData("a '' x$HOME;*", new[] { "a", "", "x$HOME;*" })]
    public void A_command_is_taken_apart_without_a_shell(string command, string[] words) => Assert.Equal(words, CommandWords.Split(command));

    [Theory]
    [InlineData("  ")]
    [InlineData("a 'b")]
    public void What_is_no_command_is_refused(string command) => Assert.Throws<ArgumentException>(() => CommandWords.Split(command));
}

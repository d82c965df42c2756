using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class MediaFileTests
{
    [Theory]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0isommp42", true)]
    [InlineData("\0\0\0\u0008wide\0\0\0\0mdat", true)]
    [InlineData("\u001AE\u00DF\u00A3\u0001", true)]
    [InlineData("RIFF\u0010\0\0\0AVI LIST", true)]
    [InlineData("GIF89a\u0001\0\u0001\0", true)]
    [InlineData("RIFF\u0010\0\0\0WEBPVP8 ", false)]
    [InlineData("RIFF\u0010\0\0\0WAVEfmt ", false)]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", false)]
    [InlineData("\u00FF\u00D8\u00FF\u00E0", false)]
    [InlineData("#EXTM3U", false)]
    public void A_video_is_known_by_its_first_bytes(string head, bool video)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(video, MediaFile.IsVideo(folder.Write("file.jpg", System.Text.Encoding.Latin1.GetBytes(head))));
    }

    [Fact]
    public void A_folder_is_not_asked_what_it_is()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(PictureFault.Folder, Assert.Throws<PictureException>(() => MediaFile.IsVideo(folder.Path)).Fault);
    }
}

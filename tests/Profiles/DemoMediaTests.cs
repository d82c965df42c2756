using EdgeFace.Profiles;
using Xunit;

namespace EdgeFace.Tests.Profiles;

public sealed class DemoMediaTests
{
    [Fact]
    public async Task The_demo_media_are_the_pinned_ones()
    {
        var folder = await Downloads.MediaAsync();
        var media = DemoMedia.Load(Downloads.Profile("media.json"));

        Assert.Equal(11, media.Files.Length);
        Assert.All(media.Files, file =>
            Assert.Equal(file.Sha256, Archives.Sha256(File.ReadAllBytes(Path.Combine(folder, file.File)))));
    }
}

using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class PictureFolderTests
{
    [Fact]
    public void Pictures_are_listed_in_order_with_those_of_folders_below()
    {
        using var folder = new TemporaryFolder();
        string[] expected =
        [
            folder.Write("a.jpg", [1]), folder.Write("b/c.PNG", [1]),
            folder.Write("b/d/e.jpeg", [1]), folder.Write("f.JPG", [1]),
        ];
        folder.Write("notes.txt", [1]);
        folder.Write("png", [1]);

        Assert.Equal(expected, PictureFolder.Files(folder.Path));
    }

    [Fact]
    public void Hidden_files_and_folders_are_left_out()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".a.jpg", [1]);
        folder.Write(".thumbnails/b.jpg", [1]);

        Assert.Empty(PictureFolder.Files(folder.Path));
    }

    [Fact]
    public void A_link_that_goes_round_is_not_followed_and_a_link_to_a_picture_is()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.Write("a.jpg", [1]);
        Directory.CreateSymbolicLink(folder.At("round"), folder.Path);
        var link = File.CreateSymbolicLink(folder.At("b.jpg"), picture).FullName;

        Assert.Equal([picture, link], PictureFolder.Files(folder.Path));
    }

    [Fact]
    public void A_folder_that_is_not_there_says_so()
    {
        using var folder = new TemporaryFolder();
        var refusal = Assert.Throws<PictureException>(() => PictureFolder.Files(folder.At("nobody")));
        Assert.Equal(PictureFault.Missing, refusal.Fault);
    }
}

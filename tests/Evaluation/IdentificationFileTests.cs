using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class IdentificationFileTests : IDisposable
{
    readonly ScratchFolder _images = new();

    public IdentificationFileTests()
    {
        File.WriteAllText(_images["a.jpg"], "");
        File.WriteAllText(_images["b, c.jpg"], "");
    }

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Lines_become_pictures_and_empty_ones_nothing() => Assert.Equal(
        [
            new IdentificationPicture(IsGallery: true, "Ann", _images["a.jpg"]),
            new IdentificationPicture(IsGallery: false, "Bob", _images["b, c.jpg"]),
        ],
        Parse("Role, Identity, Path\ngallery,Ann,a.jpg\n\nPROBE,Bob,\"b, c.jpg\"\n"));

    [Theory]
    [InlineData("", "role,identity,path", EvaluationFault.Malformed)]
    [InlineData("a,b,same\n", "role,identity,path", EvaluationFault.Malformed)]
    [InlineData("role,identity,path\n", "enrolls nobody", EvaluationFault.TooFew)]
    [InlineData("role,identity,path\nprobe,Ann,a.jpg", "enrolls nobody", EvaluationFault.TooFew)]
    [InlineData("role,identity,path\nenroll,Ann,a.jpg", "line 2: 'enroll'", EvaluationFault.Malformed)]
    [InlineData("role,identity,path\ngallery,,a.jpg", "line 2", EvaluationFault.Malformed)]
    [InlineData("role,identity,path\ngallery,Ann", "line 2", EvaluationFault.Malformed)]
    [InlineData("role,identity,path\n\ngallery,Ann,z.jpg", "line 3: there is no picture", EvaluationFault.Missing)]
    public void What_is_wrong_is_said_with_its_line(string text, string said, EvaluationFault fault)
    {
        var thrown = Assert.Throws<EvaluationException>(() => Parse(text));

        Assert.Equal(fault, thrown.Fault);
        Assert.Contains(said, thrown.Message);
    }

    [Fact]
    public void Paths_start_from_the_lists_own_folder_unless_another_is_named()
    {
        File.WriteAllText(_images["list.csv"], "role,identity,path\ngallery,Ann,a.jpg\n");

        Assert.Equal(_images["a.jpg"], Assert.Single(IdentificationFile.Read(_images["list.csv"])).File);
        Assert.Throws<EvaluationException>(() => IdentificationFile.Read(_images["list.csv"], _images["none"]));
        Assert.Throws<EvaluationException>(() => IdentificationFile.Read(_images["none.csv"]));
    }

    IReadOnlyList<IdentificationPicture> Parse(string text)
    {
        using var reader = new StringReader(text);
        return IdentificationFile.Parse(reader, "list.csv", _images.Path);
    }
}

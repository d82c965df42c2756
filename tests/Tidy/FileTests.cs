using System.Text.RegularExpressions;
using Xunit;

namespace EdgeFace.Tests.Tidy;

public sealed class FileTests
{
    const int LinesMax = 400;

    /// <summary>
    /// What must not stand in the repository: in pieces here, so that this file does not hold it either.
    /// </summary>
    static readonly (string What, Regex Found)[] Banned =
    [
        ("a package registry's host", new(@"registry\.[a-z]+\.[a-z]{2,}|(api|www)\.nug[e]t|py[p]i\.org")),
        ("a private host or address", new(@"\b(localhost|127\.0\.0\.1|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+):\d{4,5}/(npm|nuget|simple)")),
        ("a path of one machine", new($"(?<![\\w.~-])/({"home"}|{"Users"}|{"work"}|{"root"})/[\\w.]+|/tmp/[\\w]+/[\\w]+|[A-Z]:\\\\{"Users"}")),
        ("a key", new($"BEGIN [A-Z ]*PRIVATE {"KEY"}")),
    ];

    static readonly string[] Texts =
        [".cs", ".csproj", ".props", ".targets", ".json", ".md", ".sh", ".yml", ".yaml", ".service", ".txt", ".editorconfig", ""];

    static IEnumerable<string> Readable => Repository.Files.Where(file => Texts.Contains(Path.GetExtension(file)));

    [Fact]
    public void A_source_is_at_most_400_lines() => Assert.Empty(
        from file in Repository.Files
        where file.EndsWith(".cs", StringComparison.Ordinal)
        let lines = Repository.Read(file).Count(letter => letter == '\n')
        where lines > LinesMax
        select $"{file} has {lines} lines");

    [Fact]
    public void No_file_holds_what_belongs_to_one_machine_or_one_registry() => Assert.Empty(
        from file in Readable
        let text = Repository.Read(file)
        from banned in Banned
        let match = banned.Found.Match(text)
        where match.Success
        select $"{file}: {banned.What}: {match.Value}");

    [Fact]
    public void No_source_holds_a_region_or_a_promise() => Assert.Empty(
        from source in Repository.Sources()
        from word in new[] { "#region", "TODO", "FIXME", "NotImplementedException" }
        where Repository.Read(source.File).Contains(word, StringComparison.Ordinal)
        select $"{source.File}: {word}");

    [Fact]
    public void No_model_picture_or_video_is_in_the_repository() => Assert.DoesNotContain(Repository.Files, file =>
        Path.GetExtension(file) is ".onnx" or ".mp4" or ".mov" or ".tgz" or ".so");

    [Fact]
    public void There_are_files_to_look_at() => Assert.Contains("EdgeFace.sln", Repository.Files);
}

using EdgeFace.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Evaluation;

public sealed class PairsFileTests : IDisposable
{
    readonly string _images = Directory.CreateTempSubdirectory("pairs").FullName;

    public void Dispose() => Directory.Delete(_images, recursive: true);

    [Fact]
    public void Names_and_numbers_become_paths_of_jpg_or_png()
    {
        Make("Ann/Ann_0001.jpg", "Ann/Ann_0012.png", "Bob/Bob_0003.jpg");

        var pairs = Parse("Ann\t1\t12\nAnn\t12\tBob\t3\n");

        Assert.Equal(
            [
                new FacePair(At("Ann/Ann_0001.jpg"), At("Ann/Ann_0012.png"), true, 0),
                new FacePair(At("Ann/Ann_0012.png"), At("Bob/Bob_0003.jpg"), false, 0),
            ],
            pairs);
    }

    [Fact]
    public void Folds_are_those_of_the_count_line()
    {
        MakeAnnAndBob();

        var pairs = Parse("2\t1\nAnn\t1\t2\nAnn\t1\tBob\t1\nBob\t1\t2\nBob\t1\tAnn\t2\n");

        Assert.Equal([0, 0, 1, 1], pairs.Select(pair => pair.Fold));
    }

    [Theory]
    [InlineData("")]
    [InlineData("20\n")]
    public void Without_folds_ten_are_cut_evenly_from_both_kinds_in_file_order(string header)
    {
        MakeAnnAndBob();

        var pairs = Parse(header + Repeat("Ann\t1\t2\n", 20) + Repeat("Ann\t1\tBob\t1\n", 20));

        Assert.All(Enumerable.Range(0, 10), fold =>
            Assert.Equal([true, true, false, false], pairs.Where(pair => pair.Fold == fold).Select(pair => pair.Same)));
        Assert.Equal(pairs.Take(20).Select(pair => pair.Fold), pairs.Take(20).Select(pair => pair.Fold).Order());
    }

    [Fact]
    public void A_csv_has_paths_in_quotes_with_commas_and_doubled_quotes()
    {
        Make("a, b.png", "c \"d\".jpg", "e.jpg");

        var pairs = Parse("a,b,same\r\n\"a, b.png\",\"c \"\"d\"\".jpg\",1\r\n\r\ne.jpg , \"a, b.png\" ,FALSE\r\n");

        Assert.Equal(
            [(At("a, b.png"), At("c \"d\".jpg"), true), (At("e.jpg"), At("a, b.png"), false)],
            pairs.Select(pair => (pair.A, pair.B, pair.Same)));
    }

    [Theory]
    [InlineData("Ann\t1\t2\nAnn\t1\n", "line 2", "Ann\t1")]
    [InlineData("Ann\t1\tx\n", "line 1", "'x'")]
    [InlineData("Ann\t1\t0\n", "line 1", "'0'")]
    [InlineData("Ann\t1\t2\n\n../Ann\t1\t2\n", "line 3", "'../Ann'")]
    [InlineData("Ann\t1\t9\n", "line 1", "Ann_0009.jpg")]
    [InlineData("1\t1\nAnn\t1\t2\n", "line 2", "= 2")]
    [InlineData("1\nAnn\t1\tBob\t1\nAnn\t1\t2\n", "line 2", "a pair of one person")]
    [InlineData("a,b,same\nx.jpg,x.jpg,1\nx.jpg,x.jpg,maybe\n", "line 3", "'maybe'")]
    [InlineData("a,b,same\nx.jpg,x.jpg\n", "line 2", "x.jpg,x.jpg")]
    [InlineData("a,b,same\n\"x.jpg,x.jpg,1\n", "line 2", "path, path")]
    [InlineData("a,b,same\n\"x.jpg\"y,x.jpg,1\n", "line 2", "path, path")]
    [InlineData("a,b,same\nx.jpg,nobody.jpg,1\n", "line 2", "nobody.jpg")]
    public void A_bad_line_is_named_with_its_number_and_value(string text, string line, string value)
    {
        MakeAnnAndBob();
        Make("x.jpg");

        var fault = Assert.Throws<EvaluationException>(() => Parse(text));

        Assert.Contains(line, fault.Message, StringComparison.Ordinal);
        Assert.Contains(value, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("list.txt", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10\t300\n")]
    [InlineData("a,b,same\n")]
    public void A_list_without_pairs_is_refused(string text) =>
        Assert.Equal(EvaluationFault.TooFew, Assert.Throws<EvaluationException>(() => Parse(text)).Fault);

    [Fact]
    public void A_missing_list_and_a_missing_folder_are_told_apart()
    {
        var list = At("list.txt");
        var noList = Assert.Throws<EvaluationException>(() => PairsFile.Read(list, _images));
        Assert.Contains(list, noList.Message, StringComparison.Ordinal);

        File.WriteAllText(list, "Ann\t1\t2\n");
        var folder = At("elsewhere");
        var noFolder = Assert.Throws<EvaluationException>(() => PairsFile.Read(list, folder));
        Assert.Contains($"pictures at {folder}", noFolder.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_view_1_list_of_LFW_is_a_thousand_pairs_of_pictures_that_are_there()
    {
        var folder = Path.Combine(SharedData.Folder, "lfw-view1");
        Needs.SkipOrFail("shared", Directory.Exists(folder));

        var pairs = PairsFile.Read(Path.Combine(folder, "pairsDevTest.txt"), Path.Combine(folder, "images"));

        Assert.Equal(1000, pairs.Count);
        Assert.All(pairs.GroupBy(pair => pair.Fold), fold =>
            Assert.Equal((50, 50), (fold.Count(p => p.Same), fold.Count(p => !p.Same))));
    }

    IReadOnlyList<FacePair> Parse(string text) => PairsFile.Parse(new StringReader(text), "list.txt", _images);

    string At(string path) => Path.Combine(_images, path);

    void MakeAnnAndBob() => Make("Ann/Ann_0001.jpg", "Ann/Ann_0002.jpg", "Bob/Bob_0001.jpg", "Bob/Bob_0002.jpg");

    void Make(params string[] paths)
    {
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(path)) ?? "");
            File.WriteAllBytes(At(path), []);
        }
    }

    static string Repeat(string line, int times) => string.Concat(Enumerable.Repeat(line, times));
}

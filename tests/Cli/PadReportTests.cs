using System.Text.RegularExpressions;
using EdgeFace.Cli;
using EdgeFace.Evaluation;
using EdgeFace.Inference;
using EdgeFace.Storage;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class PadReportTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();

    [Fact]
    public async Task A_folder_of_presentations_becomes_one_page_that_needs_nothing_else()
    {
        var media = await Downloads.MediaAsync();
        Directory.CreateDirectory(_folder["clip"]);
        foreach (var still in new[] { "franck_01829.jpg", "franck_02045.jpg" })
            File.CreateSymbolicLink(Path.Combine(_folder["clip"], still), Path.Combine(media, still));
        File.CreateSymbolicLink(_folder["still.jpg"], Path.Combine(media, "franck_02045.jpg"));
        using (var wall = new Mat(480, 640, MatType.CV_8UC3, Scalar.Gray)) Assert.True(Cv2.ImWrite(_folder["wall.png"], wall));
        await File.WriteAllTextAsync(_folder["manifest.csv"],
            "path,label,attack,subject,camera\nclip,live,none,f,web\nwall.png,spoof,print,f,web\nstill.jpg,spoof,<b>mask,f,web\n",
            TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Ok, await RunAsync("pad", "report", _folder.Path));

        Assert.Contains("APCER 100 %", _output.ToString(), StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(_folder["report.html"], TestContext.Current.CancellationToken);
        var card = Cast.Catalog.DefaultOf(ModelKind.Liveness);
        Assert.All(
            ["not a certified test", card.Id, card.Sha256, "&lt;b&gt;mask", "0 of 1 refused", "data:image/png;base64,", "59 for 5 %", "1 of 3", Environment.MachineName],
            said => Assert.Contains(said, page, StringComparison.Ordinal));
        Assert.DoesNotContain("<b>mask", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("ACER|src=\"http|href=|<script", Regex.Replace(page, "APCER", "", RegexOptions.None));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["report.html"]));
    }

    [Fact]
    public void What_a_test_shows_follows_from_its_numbers()
    {
        var small = Test(attacks: 20, through: 0, claim: 0.05);
        Assert.Contains("not shown", PadHtml.Of(small), StringComparison.Ordinal);

        var enough = Test(attacks: 60, through: 0, claim: 0.05);
        Assert.Contains("is shown with 95 % confidence", PadHtml.Of(enough), StringComparison.Ordinal);

        var leaks = Test(attacks: 60, through: 2, claim: 0.05);
        var page = PadHtml.Of(leaks);
        Assert.Contains("print had 2 of 60 get through", page, StringComparison.Ordinal);
        Assert.Contains($"<td>59</td><td>{new RateClaim(0.05).TrialsNeeded(2)}</td>", page, StringComparison.Ordinal);
        Assert.Equal(("print", 2), (leaks.Worst?.Species, leaks.Worst?.Rate.Errors));
    }

    [Fact]
    public void A_test_of_one_kind_only_is_reported_too()
    {
        var live = Test(attacks: 0, through: 0, claim: 0.05);

        Assert.Null(live.Worst);
        Assert.Null(live.DetPng);
        Assert.Contains("Nothing is shown of any attack", PadHtml.Of(live), StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_counts_subjects_and_presentations_of_each_species()
    {
        var plan = Test(attacks: 5, through: 0, claim: 0.05).Plan;

        Assert.Equal(
            [(null, 2, 2, 2, 1), ("print", 2, 2, 3, 0)],
            plan.Select(row => (row.Species, row.Subjects, row.Least, row.Most, (int)row.NonResponses.Errors)));
    }

    [Theory]
    [InlineData("--claim", "0")]
    [InlineData("--threshold", "2")]
    public async Task What_cannot_be_meant_is_a_usage_error(string option, string value) =>
        Assert.Equal(ExitCode.Usage, await RunAsync("pad", "report", _folder.Path, option, value));

    [Fact]
    public async Task A_folder_without_a_list_and_a_place_that_is_not_there_are_bad_input()
    {
        Assert.Equal(ExitCode.BadInput, await RunAsync("pad", "report", _folder.Path));
        Assert.Contains("manifest.csv", _error.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder["manifest.csv"], "still.jpg,live,none,f,web\n", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.BadInput, await RunAsync("pad", "report", _folder.Path, "--out", _folder["none/report.html"]));
    }

    /// <summary>Four living presentations of two people, one without an answer, and attacks of one species with theirs.</summary>
    PadTest Test(int attacks, int through, double claim)
    {
        File.WriteAllText(_folder["list.csv"], "");
        PadTrial[] trials =
        [
            .. Enumerable.Range(0, 4).Select(i => new PadTrial(new("l", true, "none", $"s{i % 2}", "web"), i == 3 ? null : 0.9f)),
            .. Enumerable.Range(0, attacks).Select(i => new PadTrial(new("a", false, "print", $"s{i % 2}", "web"), i < through ? 0.95f : 0.1f)),
        ];
        return PadTest.Of(
            trials, 0.5, new RateClaim(claim), Cast.Catalog.DefaultOf(ModelKind.Liveness), _folder["list.csv"], DateTimeOffset.UnixEpoch);
    }

    async Task<int> RunAsync(params string[] line)
    {
        var data = new StateFolder(Path.GetDirectoryName(await Downloads.ModelsAsync()) ?? "");
        var home = new Installation(Downloads.Profile("models.json"), data, TimeProvider.System);
        return await CommandLine.RunAsync(
            line, [PadCommand.Create(home, new DaemonCall(() => []))], _output, _error, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}

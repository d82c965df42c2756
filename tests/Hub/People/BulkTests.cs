using System.Text;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.People;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace EdgeFace.Tests.Hub.People;

public sealed class BulkTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_list_is_read_with_quotes_and_lines_within_them()
    {
        var lines = BulkCsv.Read("\ufeffname,groups,valid_until,consent,photo\r\n\"Lee, Ann\",staff; night ,2027-01-31,yes,a.jpg;b.jpg\r\n\r\n\"B\"\"ob\",,,,\n");
        Assert.Equal(2, lines.Count);
        Assert.Equal(("Lee, Ann", "yes"), (lines[0].Name, lines[0].Consent));
        Assert.Equal(["staff", "night"], lines[0].Groups);
        Assert.Equal(["a.jpg", "b.jpg"], lines[0].Photos);
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), lines[0].ValidUntil);
        Assert.Equal(("B\"ob", ""), (lines[1].Name, lines[1].Consent));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("name,photo\nAnn,a.jpg", "consent is missing")]
    [InlineData("name,consent,photo\nAnn,yes,a.jpg,Secret", "Line 2")]
    [InlineData("name,consent,photo,valid_until\nAnn,yes,a.jpg,soon", "Line 2")]
    [InlineData("name,consent,photo\n\"Ann,yes", "within quotes")]
    public void What_is_wrong_with_a_list_is_said_and_nobody_is_named(string text, string words)
    {
        var fault = Assert.Throws<FormatException>(() => BulkCsv.Read(text));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_and_photos_lie_sealed_until_the_job_ends_and_then_they_are_gone()
    {
        await using var bed = await PeopleBed.StartAsync();
        var job = await BeginAsync(bed, new BulkLine("Unmistakable", ["staff"], null, "yes", ["a.jpg"]), ("a.jpg", Encoding.ASCII.GetBytes("these are pixels")));
        var folder = Path.Combine(bed.Folder.Bulk, job);

        var file = Assert.Single(Directory.GetFiles(folder));
        Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Stop)).AsSpan().IndexOf("pixels"u8));
        Assert.DoesNotContain("a.jpg", file, StringComparison.Ordinal);
        Assert.False(bed.Holds("Unmistakable"u8));
        Assert.Equal("these are pixels"u8.ToArray(), bed.Jobs.Photo(job, "a.jpg"));
        Assert.Null(bed.Jobs.Photo(job, "../a.jpg"));

        await bed.Jobs.EndAsync(job, "stopped", Stop);
        Assert.False(Directory.Exists(folder));
        Assert.Null(await bed.Jobs.NextAsync(Stop));
        Assert.Equal("stopped", (await bed.Jobs.FindAsync(job, Stop))?.State);
    }

    [Fact]
    public async Task A_job_that_a_restart_has_cut_off_goes_on_and_enrols_nobody_twice()
    {
        await using var bed = await PeopleBed.StartAsync();
        var media = await Downloads.MediaAsync();
        using var photos = new PhotoDesk(Downloads.Profile("models.json"), await Downloads.ModelsAsync());
        byte[] Still(string name) => File.ReadAllBytes(Path.Combine(media, name));
        var job = bed.Jobs.Begin();
        foreach (var name in new[] { "audrey.jpg", "cage.jpg", "franck_01829.jpg", "franck_02045.jpg" }) bed.Jobs.Keep(job, name, Still(name));
        await bed.Jobs.AddAsync(job, "tess", PeopleBed.Gallery,
        [
            new BulkLine("Audrey", ["film"], null, "yes", ["audrey.jpg"]),
            new BulkLine("Nicolas", ["film"], null, "", ["cage.jpg"]),
            new BulkLine("Franck", [], null, "2026-11-01", ["franck_01829.jpg", "gone.jpg"]),
            new BulkLine("Francis", [], null, "yes", ["franck_02045.jpg"]),
            new BulkLine("Nobody", [], null, "yes", ["gone.jpg"]),
        ], Stop);

        // The first line was enrolled, and the hub went down before it wrote that.
        var first = await bed.Jobs.NextRowAsync(job, Stop);
        Assert.NotNull(first);
        await bed.Store.AddAsync(bed.Details("Audrey"), ["film"], PeopleBed.Gallery, [bed.Template(1)], "bulk", null, Stop, first.Value.Person);

        var audit = bed.Audit;
        using var loop = new BulkLoop(
            bed.Jobs, bed.Store, photos, bed.Enrollments, new ConsentTexts(bed.Database, bed.Time), audit, bed.Time, NullLogger<BulkLoop>.Instance);
        await loop.StartAsync(Stop);
        await Eventually.TrueAsync(() => !Directory.Exists(Path.Combine(bed.Folder.Bulk, job)));
        await loop.StopAsync(Stop);

        var outcomes = await bed.Jobs.OutcomesAsync(job, refusedOnly: false, 100, Stop);
        Assert.Equal(["enrolled", "refused", "enrolled", "refused", "refused"], outcomes.Select(outcome => outcome.Outcome ?? ""));
        Assert.Equal(first.Value.Person, outcomes[0].Person);
        Assert.StartsWith("No consent", outcomes[1].Reason, StringComparison.Ordinal);
        Assert.Contains("Photo 2 was not uploaded", outcomes[2].Reason, StringComparison.Ordinal);
        Assert.Equal(outcomes[2].Person, outcomes[3].Person);
        Assert.Equal(2, (await bed.Store.IdsAsync(Stop)).Count);
        Assert.Equal((5, 2, 3, "done"), await CountsAsync(bed, job));
        Assert.Contains(await audit.ListAsync(new AuditQuery(null, null, null, null), 10, Stop), row => row.Action == "bulk.end");
    }

    [Fact]
    public async Task Photos_of_a_job_that_was_never_begun_are_swept_away()
    {
        await using var bed = await PeopleBed.StartAsync();
        var left = bed.Jobs.Begin();
        bed.Jobs.Keep(left, "a.jpg", [1]);
        var running = await BeginAsync(bed, new BulkLine("Ann", [], null, "yes", ["a.jpg"]), ("a.jpg", [1]));
        await bed.Jobs.SweepAsync(Stop);

        Assert.Equal([running], Directory.GetDirectories(bed.Folder.Bulk).Select(Path.GetFileName));
    }

    static async Task<string> BeginAsync(PeopleBed bed, BulkLine line, params (string Name, byte[] Bytes)[] photos)
    {
        var job = bed.Jobs.Begin();
        foreach (var (name, bytes) in photos) bed.Jobs.Keep(job, name, bytes);
        await bed.Jobs.AddAsync(job, "tess", PeopleBed.Gallery, [line], Stop);
        return job;
    }

    static async Task<(long, long, long, string)> CountsAsync(PeopleBed bed, string job) =>
        await bed.Jobs.FindAsync(job, Stop) is { } found ? (found.Rows, found.Done, found.Refused, found.State) : default;
}

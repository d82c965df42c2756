using System.Text.Json;
using EdgeFace.Cli;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Tests.Journal;
using Xunit;

namespace EdgeFace.Tests.Cli;

public sealed class JournalCommandTests : IDisposable
{
    readonly JournalBed _bed = new();
    readonly ScratchFolder _folder = new();

    [Fact]
    public async Task Events_are_printed_by_door_time_and_number_with_stable_keys()
    {
        using (var journal = _bed.Open())
        {
            await journal.AppendAsync(new AccessEvent("granted", Now.AddHours(-3), "front", "cam", SubjectId.New(), Value: 0.61, Limit: 0.42));
            await journal.AppendAsync(new AccessEvent("denied", Now, "back", Reason: "too-small", Value: 31, Limit: 60, Remedy: "Come closer."));
            await journal.AppendAsync(new AccessEvent("door.forced", Now, "front", Priority: EventPriority.Alarm));
        }

        var (code, lines) = await RunAsync("events --json");
        Assert.Equal((ExitCode.Ok, 3), (code, lines.Length));
        Assert.Equal(
            ["device", "boot", "seq", "at", "kind", "door", "camera", "subject", "reason", "value", "limit", "remedy", "priority", "more"],
            JsonDocument.Parse(lines[0]).RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("alarm", JsonDocument.Parse(lines[2]).RootElement.GetProperty("priority").GetString());

        Assert.Contains("1/2 denied door=back reason=too-small value=31 limit=60: Come closer.", Assert.Single((await RunAsync("events --door back")).Lines), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("events --since 1h")).Lines.Length);
        Assert.Contains("door.forced ALARM", Assert.Single((await RunAsync("events --last 1")).Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events --last 0")]
    [InlineData("events --since yesterday-ish")]
    public async Task What_cannot_be_meant_is_a_usage_error(string line) =>
        Assert.Equal(ExitCode.Usage, (await RunAsync(line)).Code);

    [Theory]
    [InlineData("events")]
    [InlineData("journal verify")]
    [InlineData("journal key")]
    public async Task Without_a_journal_it_is_4(string line) => Assert.Equal(ExitCode.Damaged, (await RunAsync(line)).Code);

    [Fact]
    public async Task Followed_events_come_as_they_happen()
    {
        using var journal = _bed.Open();
        await journal.AppendAsync(_bed.What("before"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var safe = TextWriter.Synchronized(output);
        var run = Task.Run(() => CommandLine.RunAsync(["events", "--follow"], [EventsCommand.Create(Home, NoDaemon)], safe, error, stop.Token), stop.Token);
        for (var i = 0; !output.ToString().Contains("during", StringComparison.Ordinal); i++)
        {
            await journal.AppendAsync(_bed.What("during"));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop.Token);
        }

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Stopped, await run);
        Assert.DoesNotContain("before", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_is_0_for_an_intact_journal_1_for_a_broken_one_and_4_for_what_is_none()
    {
        await _bed.WriteAsync(20);
        Assert.Equal(ExitCode.Ok, (await RunAsync("journal verify")).Code);
        var (_, pem) = await RunAsync("journal key");
        await File.WriteAllLinesAsync(_folder["key.pem"], pem, TestContext.Current.CancellationToken);
        Assert.StartsWith("-----BEGIN PUBLIC KEY", pem[0], StringComparison.Ordinal);

        File.Copy(_bed.Folder.Journal, _folder["copy"]);
        Assert.Equal(ExitCode.Ok, (await RunAsync($"journal verify --from-file {_folder["copy"]} --public-key {_folder["key.pem"]}")).Code);
        _bed.Sql("UPDATE event SET door = 'back' WHERE seq = 7");
        var (code, lines) = await RunAsync("journal verify --json");
        var verdict = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal((ExitCode.No, 7), (code, verdict.GetProperty("first_bad").GetProperty("seq").GetInt32()));

        await File.WriteAllTextAsync(_folder["text"], "no database", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Damaged, (await RunAsync($"journal verify --from-file {_folder["text"]}")).Code);
        Assert.Equal(ExitCode.BadInput, (await RunAsync($"journal verify --public-key {_folder["text"]}")).Code);
    }

    [Fact]
    public async Task The_picture_of_an_event_comes_out_as_it_was_kept_and_one_that_is_not_there_is_a_no()
    {
        using var bed = new JournalBed { Options = new(CommitWindowMs: 0, ReserveMegabytes: 0, Snapshots: true) };
        byte[] picture = [1, 2, 3];
        using (var journal = bed.Open())
        {
            await journal.AppendAsync(bed.What(), picture);
            await journal.AppendAsync(bed.What());
        }

        var first = bed.Events().First(entry => entry.What.Kind == "granted").Id.Seq;
        Assert.Equal(ExitCode.Ok, (await RunAsync($"journal picture {first} --out {_folder["p.jpg"]}", bed)).Code);
        Assert.Equal(picture, await File.ReadAllBytesAsync(_folder["p.jpg"], TestContext.Current.CancellationToken));
        Assert.Equal(ExitCode.No, (await RunAsync($"journal picture {first + 1} --out {_folder["q.jpg"]}", bed)).Code);
        Assert.Equal(ExitCode.No, (await RunAsync($"journal picture 999 --out {_folder["q.jpg"]}", bed)).Code);
        Assert.False(File.Exists(_folder["q.jpg"]));
    }

    static DaemonCall NoDaemon => new(() => ["/nowhere/control.sock"]);

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    Installation Home => HomeOf(_bed);

    static Installation HomeOf(JournalBed bed) => new(Downloads.Profile("models.json"), bed.Folder, TimeProvider.System);

    async Task<(int Code, string[] Lines)> RunAsync(string line, JournalBed? bed = null)
    {
        var home = HomeOf(bed ?? _bed);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(
            line.Split(' '), [EventsCommand.Create(home, NoDaemon), JournalCommand.Create(home)], output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose()
    {
        _bed.Dispose();
        _folder.Dispose();
    }
}

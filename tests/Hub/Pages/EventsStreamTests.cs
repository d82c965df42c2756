using System.Globalization;
using System.Text.RegularExpressions;
using EdgeFace.Hub.Operators;
using EdgeFace.Tests.Hub.Fleet;
using EdgeFace.Tests.Hub.Intake;
using Xunit;

namespace EdgeFace.Tests.Hub.Pages;

/// <summary>A page of events and what it is told afterwards are one list without a hole.</summary>
public sealed partial class EventsStreamTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/events", 5)]
    [InlineData("/events?kind=door.*", 5)]
    [InlineData("/events?kind=door.forced", 0)]
    public async Task What_comes_between_a_page_and_its_stream_is_told_and_then_what_comes(string page, int own)
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var intake = new IntakeBed(hub.Database);
        await intake.StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        await HappenAsync(intake, 1, 5, "door.opened");
        var text = await browser.GetStringAsync(page, Stop);
        Assert.Equal(own, Row().Count(text));
        var stream = System.Net.WebUtility.HtmlDecode(Address().Match(text).Groups["to"].Value);
        var kind = own == 0 ? "door.forced" : "door.closed";
        await HappenAsync(intake, 6, 7, kind); // nobody looks yet

        using var answer = await browser.GetAsync(stream, HttpCompletionOption.ResponseHeadersRead, Stop);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        Assert.Equal([6, 7], await IdsAsync(reader, 2));
        await HappenAsync(intake, 8, 8, kind);
        Assert.Equal([8], await IdsAsync(reader, 1));
    }

    [Fact]
    public async Task A_browser_that_comes_again_is_told_what_it_missed()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await using var intake = new IntakeBed(hub.Database);
        await intake.StartAsync();
        var browser = await hub.SignInAsync(OperatorRole.Owner);
        await HappenAsync(intake, 1, 5, "door.opened");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/stream?after=1");
        request.Headers.Add("Last-Event-ID", "3");
        using var answer = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        Assert.Equal([4, 5], await IdsAsync(reader, 2));
    }

    /// <summary>Their numbers are their ids, since nobody else reports anything.</summary>
    static async Task HappenAsync(IntakeBed intake, int first, int last, string kind)
    {
        var before = intake.Receipted.Count;
        intake.Take("door-1", [.. Enumerable.Range(first, last - first + 1).Select(seq => WallBed.Event(seq, kind))]);
        await Eventually.TrueAsync(() => intake.Receipted.Count > before + last - first);
    }

    /// <summary>Of the next rows; a row may be told twice.</summary>
    static async Task<List<long>> IdsAsync(StreamReader reader, int count)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        List<long> ids = [];
        while (ids.Count < count && await reader.ReadLineAsync(late.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal) && long.Parse(line[4..], CultureInfo.InvariantCulture) is var id && !ids.Contains(id)) ids.Add(id);
        }

        return ids;
    }

    [GeneratedRegex("data-stream=\"(?<to>[^\"]+)\"")]
    private static partial Regex Address();

    [GeneratedRegex("<tr[^>]* data-id=")]
    private static partial Regex Row();
}

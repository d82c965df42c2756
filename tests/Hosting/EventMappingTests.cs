using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Tests.Journal;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>The real journal behind the pump.</summary>
public sealed class EventMappingTests : IDisposable
{
    readonly JournalBed _bed = new();
    readonly EventJournal _journal;
    readonly OutboxAccess _outbox;

    public EventMappingTests()
    {
        _journal = _bed.Open();
        _outbox = EventMapping.Of(_journal, JournalBed.Device, _bed.Time);
    }

    public void Dispose()
    {
        _journal.Dispose();
        _bed.Dispose();
    }

    [Fact]
    public async Task All_that_the_journal_knows_of_an_event_goes_over_the_wire_and_nothing_of_it_changes()
    {
        var subject = SubjectId.New();
        var what = new AccessEvent(
            "denied.spoof", _bed.Time.GetUtcNow(), "front", "cam", subject, "screen", 0.87, 0.42, "Look at the camera.",
            EventPriority.Alarm, new Dictionary<string, string> { ["mode"] = "face" });
        await _journal.AppendAsync(what);

        var sent = Assert.Single(_outbox.Pending(OutboxPriority.Alarm, 0, 10) ?? []);
        var read = Assert.Single(EventBatch.Read(EventBatch.Write([sent], 61_440, out _), JournalBed.Device, out _));

        Assert.Equal((JournalBed.Device, new EventKey(1, 1)), (read.Device, read.Key));
        Assert.Equal(
            ("denied.spoof", "front", "cam", subject.ToString(), "screen", "Look at the camera.", OutboxPriority.Alarm),
            (read.Kind, read.Door, read.Camera, read.Person, read.Reason, read.Remedy, read.Priority));
        Assert.Equal((0.87, 0.42, "face", false), (read.Value, read.Limit, read.More?["mode"], read.Cut));
        Assert.Equal(what.At.Ticks / 10, read.At.Ticks / 10); // the journal's own clock counts microseconds
    }

    /// <summary>Its journal goes on under the old name; a consumer refuses what bears another name than the topic.</summary>
    [Fact]
    public async Task A_device_that_was_renamed_sends_under_its_new_name()
    {
        await AppendAsync(EventPriority.Access);
        var outbox = EventMapping.Of(_journal, "another-name", _bed.Time);

        var sent = outbox.Pending(OutboxPriority.Access, 0, 10) ?? [];
        var read = EventBatch.Read(EventBatch.Write(sent, 61_440, out _), "another-name", out var refusals);

        Assert.Empty(refusals);
        Assert.Equal(new EventKey(1, 1), Assert.Single(read).Key);
        Assert.Equal("another-name", Assert.Single(outbox.Range(new MissedRange(1, 1, 1), 10) ?? []).Device);
    }

    [Fact]
    public void The_two_lists_of_priorities_are_one() => Assert.Equal(
        Enum.GetValues<EventPriority>().Select(each => ((int)each, $"{each}")),
        Enum.GetValues<OutboxPriority>().Select(each => ((int)each, $"{each}")));

    [Fact]
    public async Task What_waits_comes_by_priority_and_number_as_many_as_are_wanted()
    {
        await AppendAsync(EventPriority.Access, EventPriority.Alarm, EventPriority.Access, EventPriority.Access);

        Assert.Equal([2L], Pending(OutboxPriority.Alarm));
        Assert.Equal([1L, 3], Pending(OutboxPriority.Access, count: 2));
        Assert.Equal([4L], Pending(OutboxPriority.Access, after: 3));
        Assert.Empty(Pending(OutboxPriority.Telemetry));
    }

    [Fact]
    public async Task Only_what_was_confirmed_leaves_of_its_boot_and_priority_and_a_range_still_brings_it()
    {
        await AppendAsync(EventPriority.Access, EventPriority.Telemetry, EventPriority.Access, EventPriority.Access);

        Assert.True(await _outbox.ConfirmAsync([new ConfirmedRun(OutboxPriority.Access, 2, 1, 9)]));
        Assert.Equal([1L, 3, 4], Pending(OutboxPriority.Access));
        Assert.True(await _outbox.ConfirmAsync([new ConfirmedRun(OutboxPriority.Access, 1, 1, 3)]));

        Assert.Equal([4L], Pending(OutboxPriority.Access));
        Assert.Equal([2L], Pending(OutboxPriority.Telemetry));
        Assert.Equal([2L, 3], Seqs(_outbox.Range(new MissedRange(1, 2, 3), 10)));
        Assert.Equal([1L, 2], Seqs(_outbox.Range(new MissedRange(null, 1, 9), 2)));
        Assert.Empty(Seqs(_outbox.Range(new MissedRange(2, 1, 9), 10)));
    }

    [Theory]
    [InlineData(3L, "3")]
    [InlineData(null, null)]
    public async Task What_is_gone_is_said_in_an_event_that_a_consumer_understands(long? boot, string? said)
    {
        for (var i = 0; i < 9; i++) await AppendAsync(EventPriority.Access);
        _outbox.TellGone(new MissedRange(boot, 7, 9));
        await AppendAsync(EventPriority.Access); // behind it

        var told = Assert.Single(_outbox.Pending(OutboxPriority.Telemetry, 0, 10) ?? []);

        Assert.Equal(("journal.resend-gone", said), (told.Kind, told.More?.GetValueOrDefault("boot")));
        var gone = GoneRange.Of(told);
        Assert.Equal((boot, 7L, 9L), (gone?.Boot, gone?.From, gone?.To));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_null_and_no_fault_of_the_pump()
    {
        await AppendAsync(EventPriority.Access);
        await File.WriteAllBytesAsync(_bed.Folder.Journal, new byte[8_192], TestContext.Current.CancellationToken);

        Assert.Null(_outbox.Pending(OutboxPriority.Access, 0, 10));
        Assert.Null(_outbox.Range(new MissedRange(1, 1, 1), 10));
    }

    async Task AppendAsync(params EventPriority[] priorities)
    {
        foreach (var priority in priorities) await _journal.AppendAsync(_bed.What(priority: priority));
    }

    long[] Pending(OutboxPriority priority, long after = 0, int count = 100) =>
        Seqs(_outbox.Pending(priority, after, count));

    static long[] Seqs(IReadOnlyList<OutboxEvent>? events) => [.. (events ?? []).Select(what => what.Key.Seq)];
}

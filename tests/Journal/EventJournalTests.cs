using EdgeFace.Journal;
using EdgeFace.Matching;
using EdgeFace.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Journal;

public sealed class EventJournalTests : IDisposable
{
    readonly JournalBed _bed = new();

    [Fact]
    public async Task Numbers_are_dense_over_boots_and_boots_count_up()
    {
        var ids = new List<EventId?>();
        for (var boot = 0; boot < 3; boot++)
        {
            using var journal = _bed.Open();
            for (var i = 0; i < 5; i++) ids.Add(await journal.AppendAsync(_bed.What()));
        }

        Assert.Equal(Enumerable.Range(1, 15).Select(seq => (long?)seq), ids.Select(id => id?.Seq));
        Assert.Equal([1L, 2, 3], ids.Select(id => id?.Boot ?? 0).Distinct());
        Assert.Equal((JournalProof.Intact, 15), (_bed.Verify().Proof, _bed.Verify().Events));
    }

    [Fact]
    public async Task An_event_comes_back_as_it_went_in_less_what_would_steer_a_terminal()
    {
        var subject = SubjectId.New();
        var what = new AccessEvent(
            "denied.stale", new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.FromHours(2)), "front", "cam", subject, "stale", 1800.5,
            1500, "Try again.\u001b[2J", EventPriority.Alarm, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" });
        using (var journal = _bed.Open()) await journal.AppendAsync(what);

        var back = Assert.Single(_bed.Events());
        Assert.Equal(new EventId(JournalBed.Device, 1, 1), back.Id);
        Assert.Equal(
            what with { At = what.At.ToUniversalTime(), Remedy = "Try again. [2J", More = null }, back.What with { More = null });
        Assert.Equal(["a=1", "b=2"], back.What.More?.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Theory]
    [InlineData(double.NaN, null)]
    [InlineData(-0.0, 0.0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    public async Task Odd_numbers_break_no_chain(double value, double? kept)
    {
        using (var journal = _bed.Open())
            await journal.AppendAsync(_bed.What() with { Value = value, Remedy = new string('\ud800', 600), Kind = "a\0b" });

        Assert.Equal(kept, Assert.Single(_bed.Events()).What.Value);
        Assert.Equal(JournalProof.Intact, _bed.Verify().Proof);
        Assert.NotEmpty(Assert.Single(_bed.Events()).ToJson());
    }

    [Fact]
    public async Task What_the_queue_has_no_room_for_is_refused_at_once_counted_and_told()
    {
        using var bed = new JournalBed { Options = new JournalOptions(QueueMax: 16, ReserveMegabytes: 0) };
        EventId?[] ids;
        long lost;
        using (var journal = bed.Open())
        {
            ids = await Task.WhenAll(Enumerable.Range(0, 5_000).Select(_ => journal.AppendAsync(bed.What())));
            lost = journal.Lost;
        }

        var gaps = bed.Events().Where(entry => entry.What.Kind == "journal.gap").ToList();
        Assert.Equal(ids.Count(id => id is null), lost);
        Assert.InRange(lost, 1, 4_999);
        Assert.Equal(lost, gaps.Sum(gap => gap.What.Value));
        Assert.All(gaps, gap => Assert.Equal(EventPriority.Alarm, gap.What.Priority));
        Assert.Equal(JournalProof.Intact, bed.Verify().Proof);
    }

    [Fact]
    public async Task A_flood_of_telemetry_costs_no_alarm()
    {
        using var queue = new JournalQueue(room: 100);
        QueuedEvent Of(EventPriority priority) => new(_bed.What(priority: priority), null, null);
        for (var i = 0; i < 1_000; i++) _ = queue.Put(Of(EventPriority.Telemetry));

        Assert.Equal(925, queue.Lost);
        for (var i = 0; i < 1_000; i++) _ = queue.Put(Of(EventPriority.Access));
        Assert.Equal(925 + 980, queue.Lost);
        for (var i = 0; i < 5; i++) Assert.False(queue.Put(Of(EventPriority.Alarm)).IsCompleted);
        Assert.Null(await queue.Put(Of(EventPriority.Alarm)));
    }

    [Fact]
    public async Task After_the_end_an_event_is_refused_and_nothing_is_thrown()
    {
        var journal = _bed.Open();
        journal.Dispose();

        Assert.Null(await journal.AppendAsync(_bed.What()));
    }

    [Fact]
    public async Task What_was_remembered_before_an_event_is_as_durable_as_the_event()
    {
        using (var journal = _bed.Open())
        {
            journal.Remember("lockout", [1]);
            journal.Remember("lockout", [2, 3]);
            Assert.Equal([2, 3], journal.Recall("lockout"));
            await journal.AppendAsync(_bed.What());
            using var beside = JournalConnection.OpenReadOnly(_bed.Folder.Journal, TimeSpan.FromSeconds(5));
            Assert.Equal([2, 3], beside.Scalar<byte[]>("SELECT value FROM state WHERE key = 'lockout'"));
            journal.Remember("late", [9]); // with no event after it, at the end
        }

        using var again = _bed.Open();
        Assert.Equal([2, 3], again.Recall("lockout"));
        Assert.Equal([9], again.Recall("late"));
        Assert.Null(again.Recall("nothing"));
        Assert.Throws<ArgumentException>(() => again.Remember("journal.boot", [1]));
    }

    [Fact]
    public async Task What_is_too_large_to_be_remembered_is_refused_counted_and_told_and_nothing_is_thrown()
    {
        using var journal = _bed.Open();
        Assert.True(journal.Remember("desk", [1]));

        for (var i = 0; i < 3; i++) Assert.False(journal.Remember("desk", new byte[JournalStates.BytesMax + 1]));

        Assert.Equal(JournalFaultKind.StateTooLarge, journal.Fault?.Kind);
        Assert.Contains("'desk' has 1048577 bytes", journal.Fault?.Message, StringComparison.Ordinal);
        Assert.Equal(3, journal.StatesRefused);
        Assert.NotNull(await journal.AppendAsync(_bed.What()));
        Assert.NotNull(journal.Fault); // a disk that is well does not end it
        Assert.Equal([1], journal.Recall("desk"));
        var told = Assert.Single(_bed.Events(), entry => entry.What.Kind == "journal.state-too-large").What;
        Assert.Equal(("desk", 1_048_577d, 1_048_576d, EventPriority.Alarm), (told.Reason, told.Value, told.Limit, told.Priority));

        Assert.True(journal.Remember("desk", new byte[JournalStates.BytesMax]));
        Assert.Null(journal.Fault);
    }

    [Fact]
    public async Task What_is_confirmed_leaves_the_outbox_and_stays_in_the_journal()
    {
        using var journal = _bed.Open();
        foreach (var priority in new[] { EventPriority.Telemetry, EventPriority.Access, EventPriority.Alarm, EventPriority.Telemetry })
            await journal.AppendAsync(_bed.What(priority: priority));

        Assert.Equal([3L, 2, 1, 4], journal.Read().Pending(10).Select(entry => entry.Id.Seq));
        Assert.Equal([3L, 2], journal.Read().Pending(2).Select(entry => entry.Id.Seq));
        Assert.True(await journal.ConfirmAsync(1, 3));
        Assert.Equal([4L], journal.Read().Pending(10).Select(entry => entry.Id.Seq));
        Assert.Equal((1, 4), (journal.OutboxDepth, _bed.Events().Count));
        Assert.True(await journal.ConfirmAsync(1, 4));
        Assert.True(await journal.ConfirmAsync(1, 4));
        Assert.Equal(0, journal.OutboxDepth);
    }

    [Fact]
    public async Task A_confirmation_that_found_no_room_says_so_and_its_events_stay_in_the_outbox()
    {
        using var bed = new JournalBed { Options = new JournalOptions(QueueMax: 16, CommitWindowMs: 0, ReserveMegabytes: 0) };
        var journal = bed.Open();
        for (var i = 0; i < 3; i++) await journal.AppendAsync(bed.What());

        var flood = Enumerable.Range(0, 5_000).Select(_ => journal.ConfirmAsync(1, 1)).ToList();

        Assert.Contains(false, await Task.WhenAll(flood));
        Assert.Equal(0, journal.Lost); // a confirmation is no event: nothing is lost with it
        Assert.Equal(2, journal.OutboxDepth);
        journal.Dispose();
        Assert.False(await journal.ConfirmAsync(2, 3));
        Assert.Equal([2L, 3], journal.Read().Pending(10).Select(entry => entry.Id.Seq));
    }

    [Fact]
    public async Task The_head_is_signed_every_100_events_after_a_minute_and_at_the_end()
    {
        var time = new FakeTimeProvider();
        using var bed = new JournalBed { Time = time };
        using (var journal = bed.Open())
        {
            for (var i = 0; i < 205; i++) await journal.AppendAsync(bed.What());
            Assert.Equal((200, 2), Head());

            time.Advance(TimeSpan.FromSeconds(61));
            await Eventually.TrueAsync(() => Head().Seq == 205);
            await journal.AppendAsync(bed.What());
            Assert.Equal(206, bed.Events()[^1].Id.Seq);
        }

        Assert.Equal((206, 4), Head());
        Assert.Equal(4, bed.Verify().Heads);

        (long Seq, long Number) Head()
        {
            var head = new JournalReader(bed.Folder.Journal).LastHead();
            return (head?.Seq ?? 0, head?.Number ?? 0);
        }
    }

    [Fact]
    public async Task The_order_is_that_of_the_numbers_whatever_the_clock_says()
    {
        var time = new FakeTimeProvider();
        using var bed = new JournalBed { Time = time };
        DateTimeOffset[] jumps = [new(2036, 1, 1, 0, 0, 0, default), new(1970, 1, 1, 0, 0, 5, default), new(2026, 1, 1, 0, 0, 0, default)];
        foreach (var at in jumps)
        {
            using var journal = bed.Open();
            await journal.AppendAsync(bed.What() with { At = at });
        }

        Assert.Equal(jumps, bed.Events().Select(entry => entry.What.At));
        Assert.Equal([1L, 2, 3], bed.Events().Select(entry => entry.Id.Seq));
        Assert.Equal(JournalProof.Intact, bed.Verify().Proof);
    }

    [Fact]
    public async Task It_is_read_beside_the_writer_by_door_time_and_number()
    {
        using var journal = _bed.Open();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, default);
        await Task.WhenAll(Enumerable.Range(0, 2_500).Select(i =>
            journal.AppendAsync(_bed.What() with { At = start.AddMinutes(i), Door = i % 2 == 0 ? "front" : "back" })));
        long[] Seqs(EventQuery query) => [.. journal.Read().Events(query).Select(entry => entry.Id.Seq)];

        Assert.Equal(Enumerable.Range(1, 2_500).Select(seq => (long)seq), Seqs(new EventQuery()));
        Assert.Equal([2_498L, 2_500], Seqs(new EventQuery(Door: "back", Last: 2)));
        Assert.Equal([2_499L, 2_500], Seqs(new EventQuery(Since: start.AddMinutes(2_498))));
        Assert.Equal([2_500L], Seqs(new EventQuery(After: 2_499)));
        Assert.Empty(Seqs(new EventQuery(Door: "' OR 1=1 --")));
        Assert.Equal(2_500, journal.Read().LastSeq());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("door 7")]
    public void A_device_without_a_plain_name_is_refused(string device) =>
        Assert.Throws<ArgumentException>(() => EventJournal.Open(_bed.Folder, _bed.Options, device, TimeProvider.System));

    public void Dispose() => _bed.Dispose();
}

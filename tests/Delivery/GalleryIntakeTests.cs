using EdgeFace.Consumer;
using EdgeFace.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class GalleryIntakeTests : IDisposable
{
    readonly PushBed _bed = new();

    [Fact]
    public void A_full_push_is_applied_and_reported()
    {
        var people = _bed.People(3);
        _bed.Send(_bed.Press.Full(people, 1, _bed.Audience));

        var applied = Assert.Single(_bed.Applied);
        Assert.Equal(people.Select(record => record.Digest), applied.People.Select(record => record.Digest));
        Assert.Equal(people[0].ValuesOf(0).ToArray(), applied.People[0].ValuesOf(0).ToArray());
        var report = _bed.Report();
        Assert.Equal((1, 3, 3, false, false), (report?.Version, report?.People, report?.Templates, report?.WantsFull, report?.RolledBack));
        Assert.Equal(["gallery.push.applied"], _bed.News.Select(news => news.Kind));
        Assert.Empty(Directory.GetFiles(_bed.Staging));
    }

    [Fact]
    public void Whom_the_doors_leave_out_is_counted_in_each_report_and_a_change_of_it_is_reported()
    {
        _bed.Send(_bed.Press.Full(_bed.People(3), 1, _bed.Audience));
        Assert.Equal(0, _bed.Report()?.LeftOut);
        Assert.Null(_bed.Report());

        _bed.LeftOut = 2;
        var report = _bed.Report() ?? throw new InvalidOperationException("Nothing was reported.");
        Assert.Equal((2, 0), (report.LeftOut, report.Refused.Length));
        Assert.Equal(2, GalleryReport.Parse(report.ToJson())?.LeftOut);
        Assert.Null(_bed.Report());
    }

    [Fact]
    public void A_delta_changes_the_state_that_it_names()
    {
        var before = _bed.People(5);
        var after = before.Skip(1).Append(_bed.Person()).ToArray();
        _bed.Send(_bed.Press.Full(before, 7, _bed.Audience));
        _bed.Send(_bed.Press.Delta(before, 7, after, 9, _bed.Audience));

        var delta = _bed.Applied[^1];
        Assert.Equal(9, _bed.InForce?.Version);
        Assert.Equal((after[^1].Person.Id, before[0].Person.Number), (Assert.Single(delta.People).Person.Id, Assert.Single(delta.Removed)));
    }

    [Fact]
    public void A_delta_to_another_state_is_refused_and_a_full_push_asked_for()
    {
        var before = _bed.People(5);
        _bed.Send(_bed.Press.Full(before, 7, _bed.Audience));
        _bed.Report();

        _bed.Send(_bed.Press.Delta(_bed.People(5), 7, before, 8, _bed.Audience));
        var report = _bed.Report();
        Assert.Equal(("wrong-base", true, 7), (report?.Refused.Single().Code, report?.WantsFull, report?.Version));

        var full = _bed.Press.Full(before, 8, _bed.Audience);
        Assert.NotNull(report);
        foreach (var message in full.Answer(report)) _bed.Intake.Hear(message);
        Assert.Equal((8, false), (_bed.InForce?.Version, _bed.Report()?.WantsFull));
    }

    [Fact]
    public void A_delta_that_is_in_force_and_comes_again_is_answered_with_a_report_and_nothing_else()
    {
        PersonRecord[] before = _bed.People(2), after = [before[0]];
        _bed.Send(_bed.Press.Full(before, 7, _bed.Audience));
        var delta = _bed.Press.Delta(before, 7, after, 8, _bed.Audience);
        _bed.Send(delta);
        _bed.Intake.TakeReport();

        _bed.Send(delta);
        var report = _bed.Report();
        Assert.Equal((8, false, 0), (report?.Version, report?.WantsFull, report?.Refused.Length));
        Assert.Equal(2, _bed.Applied.Count);
    }

    [Fact]
    public void What_is_in_force_is_not_applied_again_and_an_older_version_never()
    {
        var people = _bed.People(2);
        _bed.Send(_bed.Press.Full(people, 7, _bed.Audience));
        _bed.Send(_bed.Press.Full(people, 7, _bed.Audience));
        Assert.Single(_bed.Applied);
        Assert.Equal(0, _bed.Intake.Refused);

        _bed.Send(_bed.Press.Full(people, 6, _bed.Audience));
        Assert.Equal("old-version", _bed.Refusal());
        _bed.Send(_bed.Press.Full(_bed.People(2), 7, _bed.Audience));
        Assert.Equal("old-version", _bed.Refusal());
        Assert.Single(_bed.Applied);
    }

    [Theory]
    [InlineData(8 + GalleryRules.JumpMax, "version-jump")]
    [InlineData(WireLimits.VersionMax, "version-jump")]
    [InlineData(7 + GalleryRules.JumpMax, null)]
    public void A_version_leaps_no_further_than_a_million(long version, string? refusal)
    {
        _bed.Send(_bed.Press.Full(_bed.People(1), 7, _bed.Audience));
        _bed.Report();
        _bed.Send(_bed.Press.Full(_bed.People(1), version, _bed.Audience));

        Assert.Equal((refusal is null ? version : 7, refusal), (_bed.InForce?.Version, _bed.Refusal()));
    }

    [Fact]
    public void A_push_for_others_or_of_another_gallery_or_model_is_refused_with_the_reason()
    {
        var people = _bed.People(1);
        _bed.Send(_bed.Press.Full(people, 1, [_bed.Audience[1]]));
        Assert.Equal("not-for-me", _bed.Refusal());
        _bed.Send(new GalleryPress("other", PushBed.Model, _bed.Enrollment, _bed.Time).Full(people, 1, _bed.Audience));
        Assert.Equal("wrong-gallery", _bed.Refusal());
        _bed.Send(new GalleryPress(PushBed.Gallery, "model-b@0", _bed.Enrollment, _bed.Time).Full(people, 1, _bed.Audience));
        var report = _bed.Report();
        Assert.Equal("wrong-model", report?.Refused.Single().Code);
        Assert.Contains("model-b@0", report?.Refused.Single().Message, StringComparison.Ordinal);
        Assert.Contains(PushBed.Model, report?.Refused.Single().Message, StringComparison.Ordinal);
        Assert.Empty(_bed.Applied);
    }

    [Fact]
    public void A_template_of_another_model_under_a_manifest_of_ours_is_refused()
    {
        _bed.Send(_bed.Press.Full([_bed.Person(model: "model-b@0")], 1, _bed.Audience));

        Assert.Equal("bad-content", _bed.Refusal());
        Assert.Empty(_bed.Applied);
    }

    [Fact]
    public void A_push_that_has_expired_is_refused_also_when_it_expires_between_its_chunks()
    {
        var late = _bed.Press.Full(_bed.People(1), 1, _bed.Audience, TimeSpan.FromHours(1));
        _bed.Intake.Hear(late.Announcement);
        _bed.Time.Advance(TimeSpan.FromHours(1));
        _bed.Intake.Hear(late.Chunk(0));
        Assert.Equal("expired", _bed.Refusal());

        _bed.Send(late);
        Assert.Equal("expired", _bed.Refusal());
        Assert.Empty(_bed.Applied);
    }

    [Fact]
    public void A_push_of_the_future_is_refused_lest_all_until_then_seem_old()
    {
        _bed.Time.Advance(TimeSpan.FromHours(2));
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Time.AdjustTime(_bed.Time.GetUtcNow().AddHours(-2));
        _bed.Send(push);
        Assert.Equal("not-yet", _bed.Refusal());
        Assert.Empty(_bed.Applied);
    }

    [Fact]
    public void A_disk_that_takes_nothing_costs_the_push_and_not_the_device()
    {
        Directory.Delete(_bed.Staging, recursive: true);
        File.WriteAllText(_bed.Staging, "in the way");
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Send(push);
        Assert.Equal("storage", _bed.Refusal());

        File.Delete(_bed.Staging);
        Directory.CreateDirectory(_bed.Staging);
        _bed.Send(push);
        Assert.Single(_bed.Applied);
    }

    [Fact]
    public void While_the_clock_is_not_believed_nothing_is_taken_and_then_it_is_asked_for_again()
    {
        _bed.ClockTrusted = false;
        _bed.Open();
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Send(push);
        Assert.Equal("clock-untrusted", _bed.Refusal());
        _bed.Intake.TakeReport();

        _bed.ClockTrusted = true;
        _bed.Intake.Tick();
        var report = _bed.Intake.TakeReport();
        Assert.NotNull(report);
        foreach (var message in push.Answer(report)) _bed.Intake.Hear(message);
        Assert.Single(_bed.Applied);
    }

    [Fact]
    public void Chunks_may_come_in_any_order_twice_or_not_at_all_and_the_missing_ones_are_asked_for()
    {
        var push = _bed.Press.Full(_bed.People(40, values: 4096), 1, _bed.Audience);
        Assert.True(push.Chunks.Count > 12);
        _bed.Intake.Hear(push.Announcement);
        int[] there = [11, 3, 3, 2, 9];
        foreach (var index in there) _bed.Intake.Hear(push.Chunk(index));
        _bed.Intake.TakeReport();

        var report = _bed.Report();
        Assert.NotNull(report);
        Assert.Equal([new(0, 1), new(4, 8), new(10, 10), new(12, push.Chunks.Count - 1)], report.Wanting?.Ranges ?? []);
        foreach (var message in push.Answer(report).Reverse()) _bed.Intake.Hear(message);
        Assert.Single(_bed.Applied);
        Assert.Equal(0, _bed.Intake.Refused);
    }

    [Fact]
    public void Missing_chunks_are_asked_for_with_growing_pauses()
    {
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Intake.Hear(push.Announcement);
        _bed.Intake.TakeReport();
        var asked = new List<double>();
        var start = _bed.Time.GetUtcNow();
        for (var second = 0; second < 100; second++)
        {
            _bed.Time.Advance(TimeSpan.FromSeconds(1));
            _bed.Intake.Tick();
            if (_bed.Intake.TakeReport()?.Wanting is not null) asked.Add((_bed.Time.GetUtcNow() - start).TotalSeconds);
        }

        Assert.Equal([5, 15, 35, 75], asked);
    }

    [Fact]
    public void After_a_restart_whole_chunks_are_still_there_and_nothing_else()
    {
        var push = _bed.Press.Full(_bed.People(20, values: 4096), 1, _bed.Audience);
        _bed.Intake.Hear(push.Announcement);
        for (var index = 0; index < 5; index++) _bed.Intake.Hear(push.Chunk(index));
        File.WriteAllText(Path.Combine(_bed.Staging, "00001.chunk"), "damaged");
        File.WriteAllText(Path.Combine(_bed.Staging, "99999.chunk"), "garbage");
        File.WriteAllText(Path.Combine(_bed.Staging, "garbage"), "garbage");

        _bed.Open();
        Assert.Equal(["00000.chunk", "00002.chunk", "00003.chunk", "00004.chunk", "manifest.jws"], Directory.GetFiles(_bed.Staging).Select(Path.GetFileName).Order());
        var report = _bed.Report();
        Assert.NotNull(report);
        Assert.Equal([new(1, 1), new(5, push.Chunks.Count - 1)], report.Wanting?.Ranges ?? []);
        foreach (var message in push.Answer(report)) _bed.Intake.Hear(message);
        Assert.Single(_bed.Applied);
    }

    [Fact]
    public void A_manifest_on_the_disk_is_believed_no_more_than_one_from_the_broker()
    {
        using var foreign = SigningKey.Create();
        var push = new GalleryPress(PushBed.Gallery, PushBed.Model, foreign, _bed.Time).Full(_bed.People(1), 1, _bed.Audience);
        File.WriteAllText(Path.Combine(_bed.Staging, "manifest.jws"), push.Text);

        _bed.Open();
        _bed.Intake.Hear(push.Chunk(0));
        Assert.Equal(0, _bed.Intake.Applied);
        Assert.Empty(Directory.GetFiles(_bed.Staging));
    }

    [Fact]
    public void A_chunk_that_was_changed_on_the_disk_is_not_opened_but_asked_for_again()
    {
        var push = _bed.Press.Full(_bed.People(20, values: 4096), 1, _bed.Audience);
        _bed.Intake.Hear(push.Announcement);
        for (var index = 0; index < push.Chunks.Count - 1; index++) _bed.Intake.Hear(push.Chunk(index));
        var file = Path.Combine(_bed.Staging, "00002.chunk");
        var bytes = File.ReadAllBytes(file);
        bytes[100] ^= 1;
        File.WriteAllBytes(file, bytes);

        _bed.Intake.Hear(push.Chunk(push.Chunks.Count - 1));
        Assert.Empty(_bed.Applied);
        Assert.Equal([new(2, 2)], _bed.Report()?.Wanting?.Ranges ?? []);
        _bed.Intake.Hear(push.Chunk(2));
        Assert.Single(_bed.Applied);
    }

    [Fact]
    public void A_gallery_that_is_busy_is_tried_again_and_one_that_cannot_keep_the_push_is_not()
    {
        var push = _bed.Press.Full(_bed.People(1), 1, _bed.Audience);
        _bed.Answer = new PushRefusal("busy", "Another program writes.", IsTransient: true);
        _bed.Send(push);
        Assert.Equal("busy", _bed.Refusal());
        _bed.Answer = null;
        _bed.Report();
        Assert.Single(_bed.Applied);

        _bed.Answer = new PushRefusal("bad-content", "It cannot be kept.");
        var bad = _bed.Press.Full(_bed.People(1), 2, _bed.Audience);
        _bed.Send(bad);
        _bed.Answer = null;
        _bed.Send(bad);
        Assert.Single(_bed.Applied);
        Assert.Equal(1, _bed.InForce?.Version);
    }

    [Fact]
    public void A_restored_gallery_is_found_out_and_only_the_newest_state_is_taken_in_its_place()
    {
        var people = _bed.People(3);
        _bed.Send(_bed.Press.Full(people, 10, _bed.Audience));
        var old = _bed.InForce;
        var changed = people.Skip(1).ToArray();
        _bed.Send(_bed.Press.Delta(people, 10, changed, 20, _bed.Audience));

        _bed.InForce = old;
        _bed.News.Clear();
        _bed.Open();
        Assert.Equal(("gallery.rolled-back", true), (_bed.News.Single().Kind, _bed.News.Single().IsAlarm));
        var report = _bed.Report();
        Assert.Equal((10, true, true), (report?.Version, report?.RolledBack, report?.WantsFull));

        _bed.Send(_bed.Press.Full(people, 10, _bed.Audience));
        Assert.Equal("old-version", _bed.Refusal());
        _bed.Send(_bed.Press.Delta(people, 10, changed, 20, _bed.Audience));
        Assert.Equal("wrong-base", _bed.Refusal());
        _bed.Send(_bed.Press.Full(people, 20, _bed.Audience));
        Assert.Equal("old-version", _bed.Refusal());
        Assert.Equal(10, _bed.InForce?.Version);

        _bed.Send(_bed.Press.Full(changed, 20, _bed.Audience));
        Assert.Equal((20, false), (_bed.InForce?.Version, _bed.Report()?.RolledBack));
    }

    [Fact]
    public void A_crash_between_the_gallery_and_the_memory_is_no_rollback()
    {
        _bed.Send(_bed.Press.Full(_bed.People(1), 10, _bed.Audience));
        var state = GalleryPress.StateOf(_bed.People(2), 11);
        _bed.InForce = new GalleryInForce(PushBed.Gallery, state.Version, state.Content, PushBed.Model, 2, 2);

        _bed.Open();
        Assert.DoesNotContain(_bed.News, news => news.Kind == "gallery.rolled-back");
        _bed.Send(_bed.Press.Full(_bed.People(1), 10, _bed.Audience));
        Assert.Equal("old-version", _bed.Refusal());
    }

    [Fact]
    public void A_newer_push_takes_the_place_of_one_that_is_being_gathered_and_an_older_one_does_not()
    {
        var (first, second) = (_bed.Press.Full(_bed.People(1), 1, _bed.Audience), _bed.Press.Full(_bed.People(2), 2, _bed.Audience));
        _bed.Intake.Hear(second.Announcement);
        _bed.Send(first);
        Assert.Empty(_bed.Applied);
        _bed.Intake.Hear(second.Chunk(0));
        Assert.Equal(2, _bed.InForce?.Version);
        Assert.Equal(1, _bed.Intake.ChunksIgnored);
    }

    [Fact]
    public void A_flood_of_forgeries_makes_one_event_and_a_report_in_ten_seconds()
    {
        _bed.Report();
        var reports = 0;
        for (var i = 0; i < 6_000; i++)
        {
            _bed.Send("not.a.push");
            if (i % 100 == 0) _bed.Time.Advance(TimeSpan.FromSeconds(1));
            _bed.Intake.Tick();
            if (_bed.Intake.TakeReport() is { } report)
            {
                reports++;
                Assert.True(report.Refused.Length <= GalleryReport.RefusedMax);
            }
        }

        Assert.Equal((6_000, 1), (_bed.Intake.Refused, _bed.News.Count));
        Assert.InRange(reports, 4, 12);
    }

    public void Dispose() => _bed.Dispose();
}

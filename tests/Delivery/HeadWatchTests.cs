using EdgeFace.Consumer;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class HeadWatchTests : IDisposable
{
    readonly PushBed _bed = new();
    readonly PersonRecord[] _people;

    public HeadWatchTests()
    {
        _people = _bed.People(2);
        _bed.Send(_bed.Press.Full(_people, 5, _bed.Audience));
        while (_bed.Intake.TakeReport() is not null)
        {
            // What was said of the push.
        }
    }

    void Head(long version, TimeSpan? lifetime = null, SigningKey? key = null) => _bed.Send(
        new GalleryPress(PushBed.Gallery, PushBed.Model, key ?? _bed.Enrollment, _bed.Time).Head(GalleryPress.StateOf(_people, version), lifetime),
        DownChannel.Heads);

    [Fact]
    public void A_head_that_names_what_is_in_force_confirms_it()
    {
        var before = _bed.Confirmations;
        Head(5);
        Assert.Equal(before + 1, _bed.Confirmations);
        Assert.Null(_bed.Intake.TakeReport());
    }

    [Fact]
    public void A_head_that_names_a_newer_state_makes_the_device_ask_for_it()
    {
        Head(6);
        Assert.Equal(5, _bed.Intake.TakeReport()?.Version);
        Assert.Equal(6, _bed.Intake.Watch.Newest);
    }

    [Fact]
    public void A_state_that_is_named_and_does_not_come_is_an_alarm_at_the_limit_and_once()
    {
        Head(6);
        _bed.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMinutes(1));
        _bed.Intake.Tick();
        Assert.DoesNotContain(_bed.News, news => news.Kind == "gallery.behind");
        _bed.Time.Advance(TimeSpan.FromMinutes(1));
        _bed.Intake.Tick();
        _bed.Intake.Tick();
        var news = Assert.Single(_bed.News, news => news.Kind == "gallery.behind");
        Assert.Equal((true, "withheld"), (news.IsAlarm, news.Code));

        _bed.Send(_bed.Press.Full(_people, 6, _bed.Audience));
        Assert.Equal(6, _bed.InForce?.Version);
        _bed.Time.Advance(TimeSpan.FromHours(24));
        _bed.Intake.Tick();
        Assert.Equal("unconfirmed", _bed.News[^1].Code);
    }

    [Fact]
    public void Silence_is_an_alarm_too_also_when_the_device_was_off_meanwhile()
    {
        _bed.Time.Advance(TimeSpan.FromHours(25));
        _bed.Open();
        _bed.Intake.Tick();
        Assert.Equal("unconfirmed", Assert.Single(_bed.News, news => news.Kind == "gallery.behind").Code);
    }

    [Fact]
    public void A_head_that_is_forged_expired_repeated_or_of_an_older_state_is_refused()
    {
        using var foreign = SigningKey.Create();
        Head(6, key: foreign);
        Assert.Equal("unknown-key", _bed.Refusal());
        Head(6, key: _bed.Commanding);
        Assert.Equal("unknown-key", _bed.Refusal());
        var stale = _bed.Press.Head(GalleryPress.StateOf(_people, 6), TimeSpan.FromDays(9));
        _bed.Time.Advance(TimeSpan.FromMinutes(1));
        Head(7, TimeSpan.FromMinutes(1));
        _bed.Send(stale, DownChannel.Heads);
        Assert.Equal("old-head", _bed.Refusal());
        Head(4);
        Assert.Equal("old-version", _bed.Refusal());
        Head(5 + 1_000_001);
        Assert.Equal("version-jump", _bed.Refusal());
        Assert.Equal(7, _bed.Intake.Watch.Newest);

        var late = _bed.Press.Head(GalleryPress.StateOf(_people, 8), TimeSpan.FromMinutes(1));
        _bed.Time.Advance(TimeSpan.FromMinutes(1));
        _bed.Send(late, DownChannel.Heads);
        Assert.Equal("expired", _bed.Refusal());
    }

    public void Dispose() => _bed.Dispose();
}

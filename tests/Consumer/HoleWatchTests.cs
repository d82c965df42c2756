using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class HoleWatchTests : IDisposable
{
    const string Device = SomeEvents.Device;

    readonly FakeTimeProvider _time = new();
    readonly SigningKey _key = SigningKey.Create();
    readonly Dictionary<string, MissedRange[]> _holes = new() { [Device] = [new MissedRange(1, 2, 4)] };
    readonly HoleWatch _watch;

    public HoleWatchTests() => _watch = Start();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_device_is_asked_for_its_holes_and_only_once_nothing_has_filled_one_for_half_a_minute()
    {
        Hear(1, 5, 6);
        Advance(29);
        Assert.Empty(_watch.Due());
        Hear(4); // on its way by itself: the alarm overtook it
        Advance(29);
        Assert.Empty(_watch.Due());
        Advance(1);

        var (device, text) = Assert.Single(_watch.Due());

        Assert.Equal(Device, device);
        var bytes = Encoding.ASCII.GetBytes(text);
        Assert.True(SignedText.TryOpen(bytes, ResendRequest.Type, _ => _key.Public, out var payload, out _));
        var request = ResendRequest.Parse(payload);
        Assert.Equal((Device, 1L), (request?.Device, _watch.Asked));
        Assert.Equal(_holes[Device], request?.Ranges);
    }

    [Fact]
    public void New_events_behind_the_hole_do_not_put_off_the_question()
    {
        Hear(1, 5);
        for (var seq = 6; seq < 36; seq++)
        {
            Assert.Empty(_watch.Due());
            Advance(1);
            Hear(seq);
        }

        Assert.Single(_watch.Due());
    }

    /// <summary>Telemetry comes behind what is more urgent: below the last number, all day long.</summary>
    [Fact]
    public void A_busy_door_holds_back_no_question_for_more_than_some_minutes()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var watch = new HoleWatch(_ => [new MissedRange(1, 3, 7)], (_, _) => "text", clock);
        var asked = 0;
        long seq = 10;
        for (var round = 0; round < 30; round++)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            watch.Heard(SomeEvents.Device, [SomeEvents.One(1, seq + 1)]);
            watch.Heard(SomeEvents.Device, [SomeEvents.One(1, seq)]);
            seq += 2;
            asked += watch.Due().Count;
        }

        Assert.InRange(asked, 1, 5);
    }

    [Fact]
    public void It_asks_less_and_less_often_and_no_more_rarely_than_each_hour()
    {
        Hear(1, 5);

        var pauses = Enumerable.Range(0, 9).Select(_ => SecondsUntilAsked());

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920, 3600, 3600], pauses);
    }

    [Fact]
    public void What_fills_a_hole_begins_the_pauses_anew()
    {
        Hear(1, 5);
        for (var i = 0; i < 5; i++) SecondsUntilAsked();

        Hear(2);

        Assert.Equal(30, SecondsUntilAsked());
    }

    [Fact]
    public void Where_nothing_is_missing_nothing_is_asked_until_something_is()
    {
        var missing = _holes[Device];
        _holes[Device] = [];
        Hear(1, 2);
        Assert.Equal(int.MaxValue, SecondsUntilAsked());

        _holes[Device] = missing;
        Hear(9);

        Assert.Equal((30, 1L), (SecondsUntilAsked(), _watch.Asked));
    }

    [Fact]
    public void Each_device_is_asked_for_its_own()
    {
        _holes["door-2"] = [new MissedRange(null, 7, 7)];
        _holes["door-3"] = [];
        Hear(1, 5);
        Advance(20);
        foreach (var device in new[] { "door-2", "door-3" }) _watch.Heard(device, SomeEvents.Of((1, 8)));
        Advance(10);
        Assert.Equal([Device], _watch.Due().Select(each => each.Device));
        Advance(20);

        Assert.Equal(["door-2"], _watch.Due().Select(each => each.Device));
    }

    /// <summary>What it knew is gone, and the next event of the device is enough to look.</summary>
    [Fact]
    public void After_a_restart_a_device_is_asked_once_it_has_said_something()
    {
        Hear(1, 5);
        var again = Start();
        Advance(60);
        Assert.Empty(again.Due());

        again.Heard(Device, SomeEvents.Of((1, 6)));
        Advance(30);

        Assert.Single(again.Due());
    }

    [Fact]
    public void Names_without_end_do_not_fill_the_memory()
    {
        for (var i = 0; i < 10_003; i++) _watch.Heard($"door-{i}", SomeEvents.Of((1, 1)));

        Assert.Equal(3, _watch.Unwatched);
    }

    HoleWatch Start() => new(device => _holes.GetValueOrDefault(device) ?? [], EventIntake.With(_key), _time);

    void Hear(params int[] seqs) => _watch.Heard(Device, [.. seqs.Select(seq => SomeEvents.One(1, seq))]);

    void Advance(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    int SecondsUntilAsked()
    {
        for (var seconds = 1; seconds <= 10_000; seconds++)
        {
            Advance(1);
            if (_watch.Due().Count > 0) return seconds;
        }

        return int.MaxValue;
    }
}

using EdgeFace.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

/// <summary>What a device does where receipts take long.</summary>
public sealed class SlowConsumerTests : IDisposable
{
    readonly PumpBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void Without_a_receipt_and_with_swift_ones_the_pauses_are_those_of_the_options_and_nothing_is_gathered()
    {
        var pauses = new RetryPauses(new DeliveryOptions());
        Assert.Equal((10, 20, 300), (Seconds(pauses, 1), Seconds(pauses, 2), Seconds(pauses, 20)));
        for (var i = 0; i < 20; i++) pauses.Seen(TimeSpan.FromSeconds(0.2));
        Assert.Equal((10, 20, TimeSpan.Zero), (Seconds(pauses, 1), Seconds(pauses, 2), pauses.Gather));
    }

    [Fact]
    public void A_consumer_that_takes_half_a_minute_is_waited_for_longer_than_that_and_is_swift_again_when_it_is()
    {
        var pauses = new RetryPauses(new DeliveryOptions());
        pauses.Seen(TimeSpan.FromSeconds(30));
        Assert.Equal(90, Seconds(pauses, 1)); // RFC 6298: 30 + 4 * 15
        for (var i = 0; i < 30; i++) pauses.Seen(TimeSpan.FromSeconds(30));
        Assert.InRange(Seconds(pauses, 1), 30, 31);
        Assert.Equal(TimeSpan.FromSeconds(5), pauses.Gather);
        for (var i = 0; i < 60; i++) pauses.Seen(TimeSpan.FromSeconds(0.1));
        Assert.Equal((10, TimeSpan.Zero), (Seconds(pauses, 1), pauses.Gather));
    }

    [Fact]
    public void Events_that_come_one_by_one_go_together_where_the_consumer_is_slow_and_an_alarm_goes_at_once()
    {
        _bed.Add(1);
        _bed.Run();
        _bed.Clock.Advance(TimeSpan.FromSeconds(6));
        _bed.Hold(new SeqRange(1, 1, 1));
        _bed.Commit();

        for (var i = 0; i < 4; i++)
        {
            _bed.Add(1);
            _bed.Run();
            _bed.Clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal([[1L], [2L]], _bed.Sent);
        _bed.Add(1, OutboxPriority.Alarm);
        _bed.Run();
        Assert.Equal([6L], _bed.Sent[^1]);

        Assert.Equal(1, _bed.SecondsUntilSent()); // half of six seconds after the second one went
        Assert.Equal([3L, 4, 5], _bed.Sent[^1]);
    }

    [Fact]
    public void A_backlog_is_not_gathered_for()
    {
        _bed.Restart(PumpBed.Options with { EventsUnreceiptedMax = 10_000, BatchesOnTheWayMax = 64 });
        _bed.Add(1);
        _bed.Run();
        _bed.Clock.Advance(TimeSpan.FromSeconds(6));
        _bed.Hold(new SeqRange(1, 1, 1));
        _bed.Commit();

        _bed.Add(500);
        _bed.Run();
        Assert.Equal(501, _bed.Sent.Sum(batch => batch.Length));
    }

    static int Seconds(RetryPauses pauses, int attempts) => (int)pauses.After(attempts).TotalSeconds;
}

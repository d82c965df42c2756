using EdgeFace.Consumer;
using EdgeFace.Tests.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class HoleWatchBusyTests
{
    /// <summary>Telemetry comes behind what is more urgent: below the last number, all day long.</summary>
    [Fact]
    public void A_busy_door_holds_back_no_question_for_more_than_some_minutes()
    {
        var clock = new StepClock();
        var watch = new HoleWatch(_ => [new MissedRange(1, 3, 7)], (_, _) => "text", clock);
        var asked = 0;
        long seq = 10;
        for (var round = 0; round < 30; round++)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            watch.Heard("door-1", [Event(seq + 1)]);
            watch.Heard("door-1", [Event(seq)]);
            seq += 2;
            asked += watch.Due().Count;
        }

        Assert.InRange(asked, 1, 5);
    }

    [Fact]
    public void While_a_backlog_fills_its_holes_nothing_is_asked()
    {
        var clock = new StepClock();
        var watch = new HoleWatch(_ => [new MissedRange(1, 3, 7)], (_, _) => "text", clock);
        watch.Heard("door-1", [Event(1_000)]);
        for (var seq = 1; seq < 10; seq++)
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            watch.Heard("door-1", [Event(seq)]);
            Assert.Empty(watch.Due());
        }

        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Single(watch.Due());
    }

    static OutboxEvent Event(long seq) => new(
        "door-1", new EventKey(1, seq), DateTimeOffset.UnixEpoch, "granted", OutboxPriority.Access, null, null, null, null, null, null, null, null);
}

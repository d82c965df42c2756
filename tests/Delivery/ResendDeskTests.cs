using EdgeFace.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class ResendDeskTests
{
    const int BytesMax = 61_440;

    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly StepClock _clock = new();
    readonly MemoryOutbox _outbox = new();
    readonly ResendDesk _desk;

    public ResendDeskTests() =>
        _desk = new ResendDesk(_outbox.Access(), new DeliveryOptions(ResendEventsPerMinuteMax: 100), _clock);

    [Fact]
    public void What_was_confirmed_long_ago_goes_again_and_nothing_else()
    {
        Add(9);
        _outbox.Confirm(new ConfirmedRun(OutboxPriority.Access, 1, 1, 9));

        Ask(new MissedRange(1, 3, 5), new MissedRange(1, 8, 8));

        Assert.Equal([3L, 4, 5], Next());
        Assert.Equal([8L], Next());
        Assert.Empty(Next());
        Assert.False(_desk.IsAsked);
    }

    [Fact]
    public void A_range_of_one_boot_does_not_bring_those_of_another_and_one_of_any_boot_brings_all()
    {
        Add(2);
        _outbox.Restart(commit: true);
        Add(2);

        Ask(new MissedRange(2, 1, 4));
        Assert.Equal([3L, 4], Next());
        Ask(new MissedRange(null, 2, 3));
        Assert.Equal([2L, 3], Next());
    }

    [Fact]
    public void A_range_that_does_not_fit_a_message_goes_on_in_the_next_one()
    {
        Add(60);

        Ask(new MissedRange(1, 1, 60));
        var (first, second) = (Next(4_096), Next(BytesMax));

        Assert.InRange(first.Length, 5, 40);
        Assert.Equal(Enumerable.Range(1, 60).Select(seq => (long)seq), [.. first, .. second]);
    }

    [Fact]
    public void No_more_goes_in_a_minute_than_is_allowed_and_the_rest_in_the_next()
    {
        Add(150);
        Ask(new MissedRange(1, 1, 150));
        Assert.Equal(100, Next().Length);

        Assert.Empty(Next());
        Assert.True(_desk.IsAsked);
        _clock.Advance(Minute - TimeSpan.FromSeconds(1));
        Assert.Empty(Next());
        Assert.Equal(TimeSpan.FromSeconds(1), _desk.NextIn);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(50, Next().Length);
    }

    [Fact]
    public void What_is_there_no_more_is_said_to_be_gone_before_between_and_behind()
    {
        Add(9);
        _outbox.Prune(4); // which is told in an event of its own, the tenth

        Ask(new MissedRange(1, 2, 5));

        Assert.Equal([5L], Next());
        Assert.Equal([("2", "4", "1")], Told());
        Assert.Equal(1, _desk.Gone);
    }

    [Fact]
    public void Where_all_of_it_is_gone_that_is_all_that_is_said()
    {
        Add(1);

        Ask(new MissedRange(null, 100, 200), new MissedRange(7, 1, 1));

        Assert.Empty(Next());
        Assert.Equal([("100", "200", null), ("1", "1", "7")], Told());
        Assert.False(_desk.IsAsked);
    }

    /// <summary>Each makes an event: a consumer that asks for what never was must not fill the journal.</summary>
    [Fact]
    public void To_say_that_a_range_is_gone_costs_as_much_as_fifty_events()
    {
        Ask([.. Enumerable.Range(1, 10).Select(number => new MissedRange(1, number, number))]);

        Next();
        Assert.Equal(2, Told().Length);
        _clock.Advance(Minute);
        Next();
        Assert.Equal(4, Told().Length);
    }

    [Fact]
    public void What_is_asked_twice_goes_once_and_what_finds_no_room_is_counted()
    {
        Add(200);
        var ranges = Enumerable.Range(1, 64).Select(number => new MissedRange(1, 2 * number, 2 * number)).ToArray();

        Ask(ranges);
        Ask(ranges);
        Assert.Equal(0, _desk.Refused);
        Ask(new MissedRange(1, 150, 150), new(1, 152, 152));

        Assert.Equal(2, _desk.Refused);
        Assert.Equal(64, Enumerable.Range(0, 70).Count(_ => Next().Length > 0));
    }

    [Fact]
    public void While_the_journal_cannot_be_read_nothing_is_said_to_be_gone_and_nothing_is_forgotten()
    {
        Add(5);
        Ask(new MissedRange(1, 2, 3));
        _outbox.IsUnreadable = true;
        Assert.Empty(Next());
        Assert.Equal((true, 0L), (_desk.IsAsked, _desk.Gone));

        _outbox.IsUnreadable = false;

        Assert.Equal([2L, 3], Next());
    }

    void Add(int count)
    {
        for (var i = 0; i < count; i++) _outbox.Add("granted", OutboxPriority.Access);
    }

    void Ask(params MissedRange[] ranges) => _desk.Ask(new ResendRequest(MemoryOutbox.Device, ranges));

    /// <returns>Empty where there is none.</returns>
    long[] Next(int bytesMax = BytesMax) => _desk.Next(bytesMax) is { } batch
        ? [.. EventBatch.Read(batch, MemoryOutbox.Device, out _).Select(what => what.Key.Seq)] : [];

    /// <summary>All that the outbox has of telemetry says that something is gone.</summary>
    (string From, string To, string? Boot)[] Told() => [.. _outbox.Waiting(OutboxPriority.Telemetry)
        .Select(what => what.More).OfType<Dictionary<string, string>>()
        .Select(more => (more["from_seq"], more["to_seq"], more.GetValueOrDefault("boot")))];
}

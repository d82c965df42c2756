using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class EventPumpTests : IDisposable
{
    readonly PumpBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Fact]
    public void An_acknowledgement_confirms_nothing_and_a_receipt_only_what_stands_in_it()
    {
        _bed.Add(3);
        _bed.Run();
        _bed.Commit();
        Assert.Equal((1L, 3), (_bed.Pump.Counts.Acknowledged, _bed.Outbox.Depth));

        _bed.Hold(new SeqRange(1, 1, 2));
        _bed.Commit();

        Assert.Equal([3L], _bed.Outbox.Waiting(OutboxPriority.Access).Select(what => what.Key.Seq));
        Assert.Equal((2L, 1), (_bed.Pump.Counts.Confirmed, _bed.Pump.UnderWay));
    }

    [Fact]
    public void A_receipt_may_overtake_the_acknowledgement_and_then_the_event_does_not_go_again()
    {
        _bed.Add(1);
        _bed.Step();
        _bed.Hold(new SeqRange(1, 1, 1));
        _bed.Step();
        _bed.Link.Fail(0, LinkFault.Unanswered);
        _bed.Commit();

        Assert.Equal(0, _bed.Outbox.Depth);
        Assert.Equal(int.MaxValue, _bed.SecondsUntilSent());
    }

    [Fact]
    public void No_more_is_under_way_than_the_window_and_alarms_have_an_eighth_of_it_more()
    {
        _bed.Add(40, OutboxPriority.Telemetry);
        _bed.Run();
        Assert.Equal(16, _bed.Pump.UnderWay);

        _bed.Add(5, OutboxPriority.Alarm);
        _bed.Run();
        Assert.Equal(18, _bed.Pump.UnderWay);
        Assert.Equal([41L, 42], _bed.Sent[^1]);

        _bed.Hold(new SeqRange(1, 1, 10));
        _bed.Commit();
        _bed.Run();
        Assert.Equal([[43L, 44, 45], [17L, 18, 19, 20, 21]], _bed.Sent[^2..]);
    }

    [Fact]
    public void No_more_messages_than_that_wait_for_an_acknowledgement_and_an_alarm_is_the_next_one()
    {
        _bed.Restart(PumpBed.Options with { EventsUnreceiptedMax = 1_000 });
        _bed.Add(200, OutboxPriority.Telemetry);
        _bed.Step();
        Assert.Equal((2, 2), (_bed.Link.Open, _bed.Sent.Count));

        _bed.Add(1, OutboxPriority.Alarm);
        _bed.Step();
        Assert.Equal(2, _bed.Sent.Count);
        _bed.Link.Acknowledge(1);
        _bed.Step();

        Assert.Equal([201L], _bed.Sent[2]);
    }

    [Fact]
    public void What_has_no_receipt_goes_again_less_and_less_often_and_at_once_on_a_new_connection()
    {
        _bed.Add(2);
        _bed.Run();

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], Enumerable.Range(0, 7).Select(_ => _bed.SecondsUntilSent()));
        _bed.Link.Down();
        _bed.Link.Up();
        _bed.Run();

        Assert.Equal(9, _bed.Sent.Count);
        Assert.All(_bed.Sent, sent => Assert.Equal([1L, 2], sent));
        Assert.Equal((2L, 16L), (_bed.Pump.Counts.Sent, _bed.Pump.Counts.SentAgain));
        Assert.Equal(10, _bed.SecondsUntilSent()); // the pauses begin anew as well
    }

    /// <summary>A consumer that was away for an hour is not left to wait for the rest of five minutes.</summary>
    [Fact]
    public void A_consumer_that_is_back_gets_at_once_what_has_waited_long()
    {
        _bed.Add(2);
        _bed.Run();
        for (var i = 0; i < 4; i++) _bed.SecondsUntilSent();

        _bed.Hold(new SeqRange(1, 1, 1));
        _bed.Commit();

        Assert.Equal([2L], _bed.Sent[^1]);
    }

    /// <summary>What may have been lost goes soon; what the other side does not want, as what has no receipt.</summary>
    [Theory]
    [InlineData(LinkFault.Offline, 1)]
    [InlineData(LinkFault.Unanswered, 1)]
    [InlineData(LinkFault.Denied, 10)]
    [InlineData(LinkFault.TooLarge, 10)]
    public void A_message_that_failed_goes_again(LinkFault fault, int seconds)
    {
        _bed.Add(1);
        _bed.Step();
        _bed.Link.Fail(0, fault);
        _bed.Run();

        Assert.Equal((1L, "It was not acknowledged."), (_bed.Pump.Counts.Failed, _bed.Pump.Fault));
        Assert.Equal(seconds, _bed.SecondsUntilSent());
        Assert.Null(_bed.Pump.Fault);
    }

    [Fact]
    public void Where_the_other_side_finds_a_message_too_large_the_next_is_half_as_large_until_the_next_connection()
    {
        _bed.Restart(PumpBed.Options with { BatchBytesMax = 16_384, EventsUnreceiptedMax = 1_000 });
        List<int> sizes = [];
        _bed.Link.Sent += message => sizes.Add(message.Payload.Length);
        _bed.Add(300);
        _bed.Step();
        _bed.Step();
        Assert.InRange(sizes.Max(), 8_193, 16_384);

        sizes.Clear();
        _bed.Link.Fail(0, LinkFault.TooLarge);
        _bed.Run();
        Assert.InRange(sizes.Max(), 4_097, 8_192);

        _bed.Link.Down();
        _bed.Link.Up();
        _bed.Run();
        Assert.InRange(sizes.Max(), 8_193, 16_384);
    }

    [Fact]
    public void Nothing_leaves_while_there_is_no_connection_and_all_of_it_when_there_is_one()
    {
        _bed.Link.Down();
        _bed.Add(3);
        _bed.Clock.Advance(TimeSpan.FromHours(1));
        _bed.Run();
        Assert.Empty(_bed.Sent);

        _bed.Link.Up();
        _bed.Run();

        Assert.Equal([1L, 2, 3], Assert.Single(_bed.Sent));
    }

    [Fact]
    public void After_a_restart_all_of_it_goes_again_and_a_receipt_of_before_confirms_nothing_until_then()
    {
        _bed.Add(3);
        _bed.Run();
        _bed.Outbox.Restart(commit: false);
        _bed.Restart();
        _bed.Link.Down();

        _bed.Hold(new SeqRange(1, 1, 3));
        _bed.Commit();
        Assert.Equal((3, 1L), (_bed.Outbox.Depth, _bed.Pump.Counts.ReceiptsIdle));

        _bed.Link.Up();
        _bed.Run();
        Assert.Equal([1L, 2, 3], _bed.Sent[^1]);
        _bed.Hold(new SeqRange(1, 1, 3));
        _bed.Commit();
        Assert.Equal((0, 1L), (_bed.Outbox.Depth, _bed.Pump.Counts.ReceiptsIdle));
    }

    [Fact]
    public void A_receipt_for_another_boot_confirms_nothing()
    {
        _bed.Add(3);
        _bed.Run();

        _bed.Hold(new SeqRange(2, 1, 3));
        _bed.Commit();

        Assert.Equal((3, 1L), (_bed.Outbox.Depth, _bed.Pump.Counts.ReceiptsIdle));
    }

    [Fact]
    public void Who_may_not_receipt_confirms_nothing_and_is_counted()
    {
        using var stranger = SigningKey.Create();
        var all = new SeqRange(1, 1, 3);
        _bed.Add(3);
        _bed.Run();

        _bed.Hold(MemoryOutbox.Device, stranger, all);
        _bed.Hold(MemoryOutbox.Device, _bed.Root, all);
        _bed.Hold("door-2", _bed.Consumer, all);
        _bed.Hold(MemoryOutbox.Device, _bed.Consumer, all with { From = 0 });
        _bed.Hold(MemoryOutbox.Device, _bed.Consumer, all with { To = long.MaxValue });
        _bed.Hold(MemoryOutbox.Device, _bed.Consumer);
        _bed.Receive("no text of ours");
        _bed.Commit();

        Assert.Equal(3, _bed.Outbox.Depth);
        Assert.Equal(
            [("malformed", 4L), ("other-device", 1L), ("unknown-key", 2L)],
            _bed.Pump.Counts.Refused.OrderBy(each => each.Key).Select(each => (each.Key, each.Value)));
    }

    [Fact]
    public void What_the_journal_refused_to_let_go_is_tried_again_after_a_second_and_not_sent_again()
    {
        _bed.Add(2);
        _bed.Run();
        _bed.Hold(new SeqRange(1, 1, 2));
        _bed.Commit(accept: false);
        Assert.Equal((1L, 0, 2), (_bed.Pump.Counts.ConfirmsRefused, _bed.Outbox.ConfirmsWaiting, _bed.Outbox.Depth));

        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        _bed.Commit();

        Assert.Equal((0, 2L), (_bed.Outbox.Depth, _bed.Pump.Counts.Confirmed));
        Assert.Single(_bed.Sent);
    }

    [Fact]
    public void A_journal_that_cannot_be_read_is_asked_once_a_second_and_nothing_less_urgent_goes_meanwhile()
    {
        _bed.Outbox.IsUnreadable = true;
        _bed.Add(1, OutboxPriority.Alarm);
        _bed.Add(1, OutboxPriority.Telemetry);
        for (var i = 0; i < 5; i++) _bed.Run();
        Assert.Equal(1, _bed.Pump.Counts.ReadsFailed);

        _bed.Clock.Advance(TimeSpan.FromSeconds(1));
        _bed.Run();
        Assert.Equal(2, _bed.Pump.Counts.ReadsFailed);
        Assert.Empty(_bed.Sent);

        _bed.Outbox.IsUnreadable = false;
        Assert.Equal(1, _bed.SecondsUntilSent());
        Assert.Equal([[1L], [2L]], _bed.Sent);
    }

    [Fact]
    public void What_the_journal_gave_up_meanwhile_is_forgotten()
    {
        _bed.Add(4);
        _bed.Run();
        _bed.Outbox.Prune(3);
        _bed.SecondsUntilSent();

        Assert.Equal([4L], _bed.Sent[^1]);
        Assert.Equal((3L, 1), (_bed.Pump.Counts.Gone, _bed.Pump.UnderWay));
    }

    [Fact]
    public void Texts_that_come_while_too_many_wait_are_lost_and_counted()
    {
        for (var i = 0; i < 300; i++) _bed.Receive("x");
        _bed.Step();

        Assert.Equal((44L, 256L), (_bed.Pump.Counts.TextsLost, _bed.Pump.Counts.Refused["malformed"]));
    }

    [Fact]
    public void What_is_asked_for_comes_from_the_journal_after_what_is_new_and_is_not_under_way()
    {
        _bed.Add(10);
        _bed.Run();
        _bed.Hold(new SeqRange(1, 1, 10));
        _bed.Commit();
        _bed.Ask(new MissedRange(1, 3, 5));
        _bed.Add(1);
        _bed.Run();

        Assert.Equal([[11L], [3L, 4, 5]], _bed.Sent[^2..]);
        Assert.Equal((1, 11L, 0L), (_bed.Pump.UnderWay, _bed.Pump.Counts.Sent, _bed.Pump.Counts.SentAgain));
    }

    /// <summary>All of the way: what rings the bell rings it on a pump that waits.</summary>
    [Fact]
    public async Task It_sleeps_until_something_happens_and_ends_when_it_is_told()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _bed.Link.Down();
        _bed.Outbox.Add("granted", OutboxPriority.Access);
        var run = _bed.Pump.RunAsync(end.Token);

        _bed.Link.Up();
        await Eventually.TrueAsync(() => _bed.Link.Open == 1);
        _bed.Link.Acknowledge(0);
        await Eventually.TrueAsync(() => _bed.Pump.Counts.Acknowledged == 1);
        _bed.Hold(new SeqRange(1, 1, 1));
        await Eventually.TrueAsync(() => _bed.Outbox.ConfirmsWaiting == 1);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }
}

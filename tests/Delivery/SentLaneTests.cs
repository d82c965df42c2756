using EdgeFace.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class SentLaneTests
{
    readonly SentLane _lane = new(OutboxPriority.Access);

    [Fact]
    public void A_receipt_marks_each_event_of_its_boot_once()
    {
        Add((1, 4), (1, 6), (1, 9), (2, 10), (2, 11));

        Assert.Equal(2, _lane.Receipted(new SeqRange(1, 5, 10)));
        Assert.Equal(0, _lane.Receipted(new SeqRange(1, 5, 10)));
        Assert.Equal(0, _lane.Receipted(new SeqRange(1, 10, 99)));
        Assert.Equal(0, _lane.Receipted(new SeqRange(3, 1, 99)));
        Assert.Equal([Run(1, 6, 9)], _lane.TakeReceipted());
    }

    /// <summary>Numbers between two neighbours are of other lanes: a run may span those.</summary>
    [Fact]
    public void What_is_receipted_leaves_in_the_fewest_runs_that_hold_nothing_else()
    {
        Add((1, 4), (1, 6), (1, 9), (1, 12), (1, 13), (2, 14), (2, 20));
        _lane.Receipted(new SeqRange(1, 1, 9));
        _lane.Receipted(new SeqRange(1, 13, 13));
        _lane.Receipted(new SeqRange(2, 1, 99));

        Assert.Equal([Run(1, 4, 9), Run(1, 13, 13), Run(2, 14, 20)], _lane.TakeReceipted());
        Assert.Empty(_lane.TakeReceipted());
    }

    [Fact]
    public void A_run_does_not_reach_over_what_is_leaving_already()
    {
        Add((1, 1), (1, 2), (1, 3));
        _lane.Receipted(new SeqRange(1, 2, 2));
        _lane.TakeReceipted();
        _lane.Receipted(new SeqRange(1, 1, 3));

        Assert.Equal([Run(1, 1, 1), Run(1, 3, 3)], _lane.TakeReceipted());
    }

    [Fact]
    public void What_the_journal_refused_waits_with_its_receipt_and_what_it_took_is_gone()
    {
        Add((1, 1), (1, 2), (1, 3));
        _lane.Receipted(new SeqRange(1, 1, 2));
        _lane.TakeReceipted();

        Assert.Equal(0, _lane.Confirmed(left: false));
        Assert.Equal([Run(1, 1, 2)], _lane.TakeReceipted());
        Assert.Equal(2, _lane.Confirmed(left: true));
        Assert.Equal((1, null), (_lane.Count, _lane.Find(new EventKey(1, 2))));
    }

    [Fact]
    public void Only_what_left_and_has_no_receipt_is_due_and_in_its_order()
    {
        Add((1, 1), (1, 2), (1, 3), (1, 4));
        foreach (var (seq, due) in new[] { (1, 30), (2, 10), (3, 20) }) _lane.Wait(Find(1, seq), due);
        Assert.Equal(10, _lane.NextDue);
        Assert.Empty(_lane.DueAt(9));

        _lane.Receipted(new SeqRange(1, 2, 2));

        Assert.Equal([1L, 3], _lane.DueAt(30).Select(one => one.Key.Seq));
    }

    [Fact]
    public void Hurried_they_are_due_at_once_those_on_the_way_excepted()
    {
        Add((1, 1), (1, 2), (1, 3));
        (Find(1, 1).Attempts, Find(1, 2).Attempts, Find(1, 3).Attempts) = (1, 5, 5);
        _lane.Wait(Find(1, 1), 100);
        _lane.Wait(Find(1, 2), 100);

        _lane.Hurry(now: 50, attemptsMin: 2);
        Assert.Equal([2L], _lane.DueAt(50).Select(one => one.Key.Seq));
        _lane.Hurry(now: 50);
        Assert.Equal([1L, 2], _lane.DueAt(50).Select(one => one.Key.Seq));
        Assert.Equal((0, SentState.OnTheWay), (Find(1, 3).Attempts, Find(1, 3).State));
    }

    [Fact]
    public void It_reads_as_much_as_a_message_takes()
    {
        foreach (var _ in Enumerable.Range(0, 9)) _lane.Learn(_lane.Fill, _lane.Fill);
        Assert.Equal(EventBatch.EventsMax, _lane.Fill);

        _lane.Learn(400, 80);
        Assert.Equal(92, _lane.Fill); // an eighth more than went in
        _lane.Learn(92, 1);
        Assert.Equal(8, _lane.Fill);
    }

    void Add(params (long Boot, long Seq)[] keys) =>
        Array.ForEach(keys, key => _lane.Add(new EventKey(key.Boot, key.Seq)));

    SentEvent Find(long boot, long seq) =>
        _lane.Find(new EventKey(boot, seq)) ?? throw new InvalidOperationException($"{boot}/{seq} is not under way.");

    static ConfirmedRun Run(long boot, long from, long to) => new(OutboxPriority.Access, boot, from, to);
}

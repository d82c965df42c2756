using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class HistoryTests
{
    const int Histories = 2_000;

    /// <summary>Replayed alone with: histories --from SEED --count 1.</summary>
    [Fact]
    public void Whatever_happens_the_consumer_has_each_event_once_and_the_door_a_gallery_that_was_published()
    {
        var (tally, divergences) = HistoryTally.Of(0, Histories);

        Assert.Empty(divergences.Take(10));
        Assert.True(tally.Given > 10 * Histories && tally.Pruned > Histories / 10, $"{tally}");
        Assert.True(tally.Applied > 2 * Histories && tally.PutBacks > Histories / 10 && tally.Cuts > Histories / 10, $"{tally}");
    }

    [Theory]
    [InlineData(WrongWay.ConfirmOnAcknowledge, "left the outbox, and the consumer does not hold it")]
    [InlineData(WrongWay.ReceiptBeforeCommit, "left the outbox, and the consumer does not hold it")]
    [InlineData(WrongWay.AnySignature, "left the outbox, and the consumer does not hold it")]
    [InlineData(WrongWay.AnyPush, "was never published")]
    [InlineData(WrongWay.NoFloor, "was before")]
    [InlineData(WrongWay.FloorKeptOnce, "was put back after")]
    [InlineData(WrongWay.DeletedPressed, "is not one of version")]
    [InlineData(WrongWay.WrittenByHalves, "is not")]
    public void A_wrong_way_is_noticed_and_its_seed_shows_it_again(WrongWay wrong, string what)
    {
        var first = Enumerable.Range(0, 500)
            .FirstOrDefault(seed => Diverges(seed, wrong)?.Contains(what, StringComparison.Ordinal) == true, -1);

        Assert.NotEqual(-1, first);
        Assert.Equal(Diverges(first, wrong), Diverges(first, wrong));
        Assert.Null(Diverges(first, WrongWay.None));
    }

    static string? Diverges(int seed, WrongWay wrong)
    {
        try
        {
            using var history = new History(seed, wrong);
            history.Run();
            return null;
        }
        catch (DivergenceException e)
        {
            return e.Message;
        }
    }
}

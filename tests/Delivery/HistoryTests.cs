using System.Collections.Concurrent;
using Xunit;

namespace EdgeFace.Tests.Delivery;

public sealed class HistoryTests
{
    const int Histories = 20_000;

    /// <summary>Replayed alone with: new History(seed).Run(), or histories --from SEED --count 1.</summary>
    [Fact]
    public void Whatever_happens_the_consumer_has_each_event_once_and_nothing_leaves_the_outbox_before()
    {
        var (given, pruned) = (0L, 0L);
        ConcurrentBag<string> divergences = [];
        Parallel.For(0, Histories, seed =>
        {
            try
            {
                var history = new History(seed).Run();
                Interlocked.Add(ref given, history.Given);
                Interlocked.Add(ref pruned, history.Pruned);
            }
            catch (DivergenceException e)
            {
                divergences.Add(e.Message);
            }
        });

        Assert.Empty(divergences.Order().Take(10));
        Assert.True(given > 10 * Histories, $"Only {given} events were given in all.");
        Assert.True(pruned > Histories / 10, $"Only {pruned} events were pruned in all.");
    }

    [Theory]
    [InlineData(WrongWay.ConfirmOnAcknowledge)]
    [InlineData(WrongWay.ReceiptBeforeCommit)]
    [InlineData(WrongWay.AnySignature)]
    public void A_wrong_way_is_noticed_and_its_seed_shows_it_again(WrongWay wrong)
    {
        var first = Enumerable.Range(0, 500).FirstOrDefault(seed => Diverges(seed, wrong) is not null, -1);

        Assert.NotEqual(-1, first);
        Assert.Equal(Diverges(first, wrong), Diverges(first, wrong));
        Assert.Null(Diverges(first, WrongWay.None));
    }

    static string? Diverges(int seed, WrongWay wrong)
    {
        try
        {
            new History(seed, wrong).Run();
            return null;
        }
        catch (DivergenceException e)
        {
            return e.Message;
        }
    }
}

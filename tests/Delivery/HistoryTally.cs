using System.Collections.Concurrent;
using System.Globalization;

namespace EdgeFace.Tests.Delivery;

/// <summary>What has happened in histories.</summary>
/// <param name="Given">Events.</param>
/// <param name="Pruned">Of them, before they were receipted.</param>
/// <param name="Pressed">Pushes of a gallery.</param>
/// <param name="Applied">Pushes, at one of the devices.</param>
/// <param name="PutBacks">Older files of a gallery in the place of newer ones.</param>
/// <param name="Cuts">Of the power, in the middle of a push.</param>
sealed record HistoryTally(long Given = 0, long Pruned = 0, long Pressed = 0, long Applied = 0, long PutBacks = 0, long Cuts = 0)
{
    /// <summary>Those of so many seeds, and what their models found wrong.</summary>
    public static (HistoryTally Tally, string[] Divergences) Of(int from, int count)
    {
        var (sum, adding) = (new HistoryTally(), new Lock());
        ConcurrentBag<string> divergences = [];
        Parallel.For(from, from + count, seed =>
        {
            using var history = new History(seed);
            try
            {
                history.Run();
            }
            catch (DivergenceException e)
            {
                divergences.Add(e.Message);
            }

            lock (adding) sum = sum.With(history.Tally);
        });
        return (sum, [.. divergences.Order(StringComparer.Ordinal)]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Given:N0} events given, {Pruned:N0} of them pruned; {Pressed:N0} pushes pressed, {Applied:N0} applied, "
        + $"{PutBacks:N0} older files put back, {Cuts:N0} power cuts");

    HistoryTally With(HistoryTally other) => new(
        Given + other.Given, Pruned + other.Pruned, Pressed + other.Pressed, Applied + other.Applied, PutBacks + other.PutBacks,
        Cuts + other.Cuts);
}

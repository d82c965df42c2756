using EdgeFace.Hub.Rollouts;

namespace EdgeFace.Tests.Hub.Rollouts;

/// <summary>Doors whose days differ more than coins do, and a roll-out to them as the judge sees it.</summary>
/// <param name="seed">All chance comes of it.</param>
/// <param name="doors">How many.</param>
/// <param name="harm">Share of those who would pass that a changed door denies.</param>
sealed class NoisyFleet(int seed, int doors, double harm)
{
    const int Looks = 10;

    /// <summary>Decisions of a door in the time of a look, and errors in an hour.</summary>
    const double Decisions = 8, Errors = 0.02;

    static readonly double[] Shares = [0, 0.1, 0.5, 1];

    readonly Random _random = new(seed);

    /// <returns>How many doors had it when it halted; null: it went through.</returns>
    public int? Run(HaltRule rule)
    {
        var rates = Enumerable.Range(0, doors).Select(_ => 0.03 + 0.2 * _random.NextDouble()).ToArray();
        var before = rates.Select(rate => Week(rate)).ToArray();
        var since = new DeedCounts[doors];
        var (look, spread, changed) = (0L, 1.0, 0);
        foreach (var share in Shares)
        {
            var more = Math.Max(1, (int)Math.Ceiling(doors * share));
            for (; changed < more; changed++) since[changed] = default;
            for (var i = 0; i < Looks; i++)
            {
                var swing = 0.8 + 0.4 * _random.NextDouble();
                for (var door = 0; door < doors; door++) since[door] += Hour(rates[door] * swing, door < changed ? harm : 0);
                DeviceDeeds Of(int door) => new(before[door], since[door]);
                var verdict = HaltJudge.Judge(
                    new RolloutSight([.. Enumerable.Range(0, changed).Select(Of)], [.. Enumerable.Range(changed, doors - changed).Select(Of)], 0, 0, spread), rule, ++look);
                spread = verdict.Spread;
                if (verdict.Reason is not null) return changed;
            }
        }

        return null;
    }

    DeedCounts Week(double rate) => Enumerable.Range(0, 60).Aggregate(default(DeedCounts), (sum, _) => sum + Hour(rate * (0.8 + 0.4 * _random.NextDouble()), 0));

    DeedCounts Hour(double rate, double denied)
    {
        var decisions = Poisson(Decisions);
        // Evenly about its rate: no two hours of a door are alike.
        var own = Math.Clamp(rate * (0.4 + 1.2 * _random.NextDouble()), 0, 1);
        var denials = 0L;
        for (var i = 0; i < decisions; i++)
        {
            if (_random.NextDouble() < own || _random.NextDouble() < denied) denials++;
        }

        var errors = _random.NextDouble() < Errors / 2 ? 2 : 0; // in bursts
        return new DeedCounts(decisions, denials, errors, 1);
    }

    long Poisson(double mean)
    {
        var (product, count, limit) = (_random.NextDouble(), 0L, Math.Exp(-mean));
        while (product > limit)
        {
            product *= _random.NextDouble();
            count++;
        }

        return count;
    }
}

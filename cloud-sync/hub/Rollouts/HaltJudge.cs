namespace EdgeFace.Hub.Rollouts;

/// <summary>
/// Whether changed devices do worse than chance explains. Denials: two shares are compared by the pooled two-proportion test (Fleiss,
/// Statistical Methods for Rates and Proportions, 3.1), with the devices' own past and, as a difference of differences of log odds, with the
/// devices not yet changed in the same time; both must say so. Errors: given their sum, those since the change are
/// binomial (Przyborowski and Wilenski, Biometrika 31, 1940). Devices gone: Fisher's exact test. Since doors vary from day to day more than
/// coins do, test values are divided by the root of the spread that the unchanged doors show (Rao and Scott, Biometrics 48, 1992).
/// </summary>
static class HaltJudge
{
    /// <summary>Fewer do not tell how much doors vary.</summary>
    const int SpreadDevicesMin = 5;

    const int SpreadDecisionsMin = 20;

    /// <summary>Fewer decisions of unchanged devices are no comparison.</summary>
    const int OthersDecisionsMin = 40;

    public static LookVerdict Judge(RolloutSight sight, HaltRule rule, long look)
    {
        var spread = Math.Max(rule.SpreadMin, SpreadOf(sight.Others) ?? sight.Spread);
        var alpha = rule.ChanceAt(look);
        var (before, since) = (Sum(sight.Changed, each => each.Before), Sum(sight.Changed, each => each.Since));
        var (othersBefore, othersSince) = (Sum(sight.Others, each => each.Before), Sum(sight.Others, each => each.Since));
        var figures =
            $"Denied {since.Denials} of {since.Decisions} ({since.DenialRate:P1}) at {sight.Changed.Count} changed devices, {before.DenialRate:P1} before; "
            + $"{othersSince.DenialRate:P1} of {othersSince.Decisions} at {sight.Others.Count} others, {othersBefore.DenialRate:P1} before. "
            + $"Errors: {since.Errors} in {since.Hours:0.0} device hours, {before.Errors} in {before.Hours:0} before. Offline: {sight.ChangedOffline} changed, {sight.OthersOffline} others. "
            + $"Look {look}, spread {spread:0.0}.";
        var reason = Denials(before, since, othersBefore, othersSince, spread, alpha, rule)
            ?? Errors(before, since, othersSince, spread, alpha, rule) ?? Offline(sight, alpha, rule);
        return new LookVerdict(reason, figures, spread);
    }

    static string? Denials(
        DeedCounts before, DeedCounts since, DeedCounts othersBefore, DeedCounts othersSince, double spread, double alpha, HaltRule rule)
    {
        if (since.Decisions < rule.DecisionsMin || since.Denials < rule.DenialsMin || before.Decisions < rule.DecisionsMin) return null;
        if (since.DenialRate - before.DenialRate < rule.DenialsAbove || since.DenialRate < before.DenialRate * rule.DenialsTimes) return null;

        var pooled = (double)(since.Denials + before.Denials) / (since.Decisions + before.Decisions);
        var own = Chances.AtLeast(
            (since.DenialRate - before.DenialRate) / Math.Sqrt(pooled * (1 - pooled) * spread * (1.0 / since.Decisions + 1.0 / before.Decisions)));
        if (!(own < alpha)) return null;

        // The same in the same time where nothing was changed: an odd day at the whole site is no fault of the change.
        var hasOthers = othersSince.Decisions >= OthersDecisionsMin && othersBefore.Decisions >= OthersDecisionsMin;
        if (hasOthers && !(Chances.AtLeast(OddsShift(before, since, othersBefore, othersSince, spread)) < alpha)) return null;

        return
            $"Denials rose from {before.DenialRate:P1} to {since.DenialRate:P1} ({since.Denials} of {since.Decisions} decisions) at the changed devices"
            + (hasOthers ? $"; at the others they went from {othersBefore.DenialRate:P1} to {othersSince.DenialRate:P1}" : "; no other device is left to compare with")
            + $". By chance: {own:0.0e+0}, allowed at this look: {alpha:0.0e+0}.";
    }

    /// <summary>With half a case added to each cell, so that none is empty.</summary>
    static double OddsShift(DeedCounts before, DeedCounts since, DeedCounts othersBefore, DeedCounts othersSince, double spread)
    {
        var (shift, variance) = (0.0, 0.0);
        foreach (var (counts, sign) in new[] { (since, 1), (before, -1), (othersSince, -1), (othersBefore, 1) })
        {
            var (denied, granted) = (counts.Denials + 0.5, counts.Decisions - counts.Denials + 0.5);
            shift += sign * Math.Log(denied / granted);
            variance += 1 / denied + 1 / granted;
        }

        return shift / Math.Sqrt(variance * spread);
    }

    static string? Errors(DeedCounts before, DeedCounts since, DeedCounts othersSince, double spread, double alpha, HaltRule rule)
    {
        if (since.Errors < rule.ErrorsMin || !(since.Hours > 0) || !(before.Hours > 0)) return null;

        // One error more than there were: where nothing ever happened, something may.
        var usual = (before.Errors + 1) / before.Hours;
        var others = othersSince.Hours > 0 ? (othersSince.Errors + 1) / othersSince.Hours : usual;
        if (since.Errors / since.Hours < rule.ErrorsTimes * Math.Max(usual, others)) return null;

        var own = ByChance(since, before.Errors + 1, before.Hours, spread);
        var beside = othersSince.Hours > 0 ? ByChance(since, othersSince.Errors + 1, othersSince.Hours, spread) : 0;
        return own < alpha && beside < alpha
            ? $"Errors rose to {since.Errors} in {since.Hours:0.0} device hours at the changed devices; before there were {before.Errors} in {before.Hours:0}, at the others {othersSince.Errors} in {othersSince.Hours:0.0}. By chance: {own:0.0e+0}, allowed at this look: {alpha:0.0e+0}."
            : null;
    }

    /// <summary>Errors come in bursts: counts are divided by the spread before they are compared.</summary>
    static double ByChance(DeedCounts since, long errors, double hours, double spread)
    {
        var (own, other) = ((long)Math.Floor(since.Errors / spread), (long)Math.Ceiling(errors / spread));
        return Chances.Binomial(own, own + other, since.Hours / (since.Hours + hours));
    }

    static string? Offline(RolloutSight sight, double alpha, HaltRule rule)
    {
        if (sight.ChangedOffline < rule.OfflineMin || sight.Others.Count == 0) return null;

        var chance = Chances.Drawn(sight.ChangedOffline, sight.Changed.Count, sight.ChangedOffline + sight.OthersOffline, sight.Changed.Count + sight.Others.Count);
        return chance < alpha
            ? $"{sight.ChangedOffline} of {sight.Changed.Count} changed devices went offline, and {sight.OthersOffline} of {sight.Others.Count} others. By chance: {chance:0.0e+0}, allowed at this look: {alpha:0.0e+0}."
            : null;
    }

    /// <summary>Mean of the squared test values of unchanged devices, before against since: 1 where doors are coins. Null: too few tell.</summary>
    static double? SpreadOf(IReadOnlyList<DeviceDeeds> others)
    {
        double[] squares =
        [
            .. from each in others
               where each.Before.Decisions >= SpreadDecisionsMin && each.Since.Decisions >= SpreadDecisionsMin
               let pooled = (double)(each.Before.Denials + each.Since.Denials) / (each.Before.Decisions + each.Since.Decisions)
               where pooled is > 0 and < 1
               let difference = each.Since.DenialRate - each.Before.DenialRate
               select difference * difference / (pooled * (1 - pooled) * (1.0 / each.Before.Decisions + 1.0 / each.Since.Decisions)),
        ];
        return squares.Length < SpreadDevicesMin ? null : squares.Average();
    }

    static DeedCounts Sum(IReadOnlyList<DeviceDeeds> devices, Func<DeviceDeeds, DeedCounts> part) =>
        devices.Aggregate(default(DeedCounts), (sum, each) => sum + part(each));
}

using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Hub.Rollouts;

/// <summary>When a roll-out halts by itself.</summary>
/// <param name="FalseHaltsMax">Chance that a roll-out of something harmless halts for what is only chance, over all of its looks.</param>
/// <param name="DecisionsMin">Nothing is said of denials before the changed devices have decided so often.</param>
/// <param name="DenialsMin">And denied so often.</param>
/// <param name="DenialsAbove">Least rise of the rate of denials, as a difference of shares.</param>
/// <param name="DenialsTimes">And as a multiple of what it was.</param>
/// <param name="ErrorsMin">Nothing is said of errors before there are so many.</param>
/// <param name="ErrorsTimes">Least rise of errors in an hour, as a multiple.</param>
/// <param name="OfflineMin">Nothing is said of devices that are gone before there are so many.</param>
/// <param name="RefusedMax">More refusals of the settings halt at once: a refusal is no chance.</param>
/// <param name="PatienceMinutes">A device that was there and does not report, or went away, is waited for so long.</param>
/// <param name="BaselineHours">What a device did in these hours before is what it usually does.</param>
/// <param name="LookSeconds">Least pause between two looks.</param>
/// <param name="AwayMax">Share of a stage's devices that may be away without holding it up; of fewer than 50 none, at 0.02.</param>
/// <param name="SpreadMin">By how much counts of doors vary more than chance at least (variance, as a multiple).</param>
sealed record HaltRule(
    [property: Range(0.0001, 0.2)] double FalseHaltsMax = 0.01,
    [property: Range(10, 100_000)] int DecisionsMin = 40,
    [property: Range(3, 100_000)] int DenialsMin = 10,
    [property: Range(0.01, 0.9)] double DenialsAbove = 0.08,
    [property: Range(1.1, 100)] double DenialsTimes = 1.5,
    [property: Range(2, 100_000)] int ErrorsMin = 5,
    [property: Range(1.1, 1000)] double ErrorsTimes = 3,
    [property: Range(2, 10_000)] int OfflineMin = 2,
    [property: Range(0, 10_000)] int RefusedMax = 0,
    [property: Range(1, 10_080)] double PatienceMinutes = 30,
    [property: Range(1, 720)] int BaselineHours = 168,
    [property: Range(0.5, 3600)] double LookSeconds = 30,
    [property: Range(0, 0.5)] double AwayMax = 0.02,
    [property: Range(1, 100)] double SpreadMin = 1.5)
{
    public IEnumerable<string> Faults()
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), found, validateAllProperties: true);
        return found.Select(fault => fault.ErrorMessage ?? "");
    }

    /// <summary>
    /// Of the i-th look, for each of the three things that are looked at: α / (i (i + 1)), which adds up to α however many looks there
    /// are (the union bound; Lan and DeMets, Biometrika 70, 1983, call it spending). So looking often does not make a false halt likelier.
    /// </summary>
    public double ChanceAt(long look) => FalseHaltsMax / 3 / (look * (double)(look + 1));
}

/// <summary>What devices did: decisions, denials among them, errors, and for how many hours they were counted.</summary>
readonly record struct DeedCounts(long Decisions, long Denials, long Errors, double Hours)
{
    public double DenialRate => Decisions == 0 ? 0 : (double)Denials / Decisions;

    public static DeedCounts operator +(DeedCounts one, DeedCounts other) =>
        new(one.Decisions + other.Decisions, one.Denials + other.Denials, one.Errors + other.Errors, one.Hours + other.Hours);
}

/// <summary>A device before and since.</summary>
readonly record struct DeviceDeeds(DeedCounts Before, DeedCounts Since);

/// <summary>What a look sees.</summary>
/// <param name="Changed">Devices that have the new settings.</param>
/// <param name="Others">Those that do not have them yet.</param>
/// <param name="ChangedOffline">Of the changed, went away since.</param>
/// <param name="OthersOffline">Of the others, likewise.</param>
/// <param name="Spread">That was known before; counts where too few others are left to tell.</param>
sealed record RolloutSight(IReadOnlyList<DeviceDeeds> Changed, IReadOnlyList<DeviceDeeds> Others, long ChangedOffline, long OthersOffline, double Spread);

/// <summary>What a look says.</summary>
/// <param name="Reason">Why to halt, with numbers; null: go on.</param>
/// <param name="Figures">What was compared, for the page.</param>
/// <param name="Spread">By how much doors vary more than chance.</param>
sealed record LookVerdict(string? Reason, string Figures, double Spread);

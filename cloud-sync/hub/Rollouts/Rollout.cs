using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Rollouts;

/// <summary>How a roll-out stands. Kept by name.</summary>
public enum RolloutState
{
    /// <summary>Goes on by itself.</summary>
    Running,

    /// <summary>By itself or by an operator; waits for one.</summary>
    Halted,

    /// <summary>Brings back what was before.</summary>
    RollingBack,

    RolledBack,

    /// <summary>All stages are through.</summary>
    Done,
}

/// <summary>A stage.</summary>
/// <param name="Devices">How many have it at its end, of all of the roll-out.</param>
/// <param name="SoakMinutes">How long the last of them must have had it before the next stage begins.</param>
sealed record RolloutStage(int Devices, double SoakMinutes)
{
    public const double SoakMinutesMax = 20_160;

    const int StagesMax = 20;

    /// <summary>"1, 10 %, 50 %, 100 %", of so many devices.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static IReadOnlyList<RolloutStage> Parse(string text, double soakMinutes, int devices)
    {
        if (!(soakMinutes is > 0 and <= SoakMinutesMax)) throw new FormatException($"Devices soak for {soakMinutes} minutes; it takes more than 0 and at most {SoakMinutesMax}.");

        var stages = new List<RolloutStage>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var isShare = part.EndsWith('%');
            if (!double.TryParse(part.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !(number > 0) || isShare && number > 100)
                throw new FormatException($"'{part}' is no stage: write a number of devices, or a share as 10 %.");

            var count = (int)Math.Clamp(Math.Ceiling(isShare ? devices * number / 100 : number), 1, devices);
            if (stages.Count == 0 || count > stages[^1].Devices) stages.Add(new RolloutStage(count, soakMinutes));
        }

        if (stages.Count is 0 or > StagesMax) throw new FormatException($"There are {stages.Count} stages; it takes 1 to {StagesMax}.");
        if (stages[^1].Devices < devices) stages.Add(new RolloutStage(devices, soakMinutes));
        return stages;
    }
}

/// <summary>A site on its way to devices, in stages.</summary>
/// <param name="Id">Random.</param>
/// <param name="Title">For people.</param>
/// <param name="Site">The document that devices get.</param>
/// <param name="State">How it stands.</param>
/// <param name="Stage">Which of them, from 0.</param>
/// <param name="Stages">All.</param>
/// <param name="Rule">When it halts by itself.</param>
/// <param name="StageAt">When the stage began.</param>
/// <param name="LookedAt">When it was looked whether to halt.</param>
/// <param name="Looks">How often that was.</param>
/// <param name="Spread">By how much doors vary, as last seen.</param>
/// <param name="Reason">Why it halted.</param>
/// <param name="Figures">What the last look has seen.</param>
/// <param name="Created">When.</param>
/// <param name="By">Who.</param>
/// <param name="Ended">When it was done or rolled back.</param>
sealed record Rollout(
    string Id, string Title, string Site, RolloutState State, int Stage, IReadOnlyList<RolloutStage> Stages, HaltRule Rule, DateTimeOffset StageAt,
    DateTimeOffset? LookedAt, long Looks, double Spread, string? Reason, string? Figures, DateTimeOffset Created, string By, DateTimeOffset? Ended)
{
    public const string Columns = "id, title, site, state, stage, stages, rule, stage_at, looked_at, looks, spread, reason, figures, created, by, ended";

    public RolloutStage Now => Stages[Math.Clamp(Stage, 0, Stages.Count - 1)];

    public bool IsOpen => State is not (RolloutState.Done or RolloutState.RolledBack);

    public static Rollout Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), Enum.TryParse<RolloutState>(row.GetString(3), out var state) ? state : RolloutState.Halted,
        (int)row.GetInt64(4), JsonSerializer.Deserialize<RolloutStage[]>(row.GetString(5)) ?? [], JsonSerializer.Deserialize<HaltRule>(row.GetString(6)) ?? new HaltRule(),
        row.Time(7), row.TimeOrNull(8), row.GetInt64(9), row.GetDouble(10), row.Text(11), row.Text(12), row.Time(13), row.GetString(14), row.TimeOrNull(15));
}

/// <summary>A device of a roll-out, with what it said last.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Stage">In which it is changed.</param>
/// <param name="WasDesired">Version that it was to have before; null: it was not looked at yet.</param>
/// <param name="Previous">That document; null: it had its own.</param>
/// <param name="Told">When it was told; null: not yet.</param>
/// <param name="Version">Under which it is to have the new one.</param>
/// <param name="WasOnline">When it was told, or for one not told, when the roll-out began.</param>
/// <param name="Reached">When it was seen that it has it.</param>
/// <param name="IsExcused">An operator has gone on in spite of it.</param>
/// <param name="Back">Version under which it gets the previous one back; 0: it had none of this hub.</param>
/// <param name="Base">What it did before.</param>
/// <param name="MarkAt">From when on counts are counted.</param>
/// <param name="Mark">What they were then.</param>
/// <param name="IsOnline">As it said last.</param>
/// <param name="StatusAt">When.</param>
/// <param name="Desired">Version that it is to have now.</param>
/// <param name="Applied">That it has.</param>
/// <param name="Code">Why it refuses; null: it does not.</param>
/// <param name="Faults">In words.</param>
/// <param name="IsRevoked">It is nobody's any more.</param>
/// <param name="Refused">The version that it refuses.</param>
sealed record RolloutDevice(
    string Device, int Stage, long? WasDesired, string? Previous, DateTimeOffset? Told, long? Version, bool WasOnline, DateTimeOffset? Reached, bool IsExcused, long? Back,
    DeedCounts Base, DateTimeOffset MarkAt, DeedCounts Mark, bool IsOnline, DateTimeOffset? StatusAt, long Desired, long? Applied, string? Code, string? Faults, bool IsRevoked, long? Refused)
{
    public const string Columns =
        "r.device, r.stage, r.was_desired, r.previous, r.told, r.version, r.was_online, r.reached, r.excused, r.back, r.base_hours, r.base_decisions, r.base_denials, "
        + "r.base_errors, r.mark_at, r.mark_decisions, r.mark_denials, r.mark_errors, d.status, d.status_at, d.desired, d.applied, d.settings_code, d.settings_faults, d.revoked, d.settings_refused";

    /// <summary>Somebody has told it something else since: it is no part of this any more.</summary>
    public bool IsOverruled => IsRevoked || Version is { } version && Desired != version;

    /// <summary>It has the new settings, and is judged by what it does.</summary>
    public bool IsChanged => Reached is not null && !IsOverruled;

    public bool IsRefusing => Told is not null && !IsOverruled && !IsExcused && Refused == Version;

    /// <summary>It was there when it was told, and has not said that it has them.</summary>
    public bool IsAwaited => Told is not null && Reached is null && !IsOverruled && !IsExcused && (WasOnline || IsOnline);

    /// <summary>It went away since.</summary>
    public bool IsGone => WasOnline && !IsOnline && !IsExcused && !IsOverruled;

    public static RolloutDevice Read(DbDataReader row) => new(
        row.GetString(0), (int)row.GetInt64(1), row.Long(2), row.Text(3), row.TimeOrNull(4), row.Long(5), row.GetInt64(6) == 1, row.TimeOrNull(7), row.GetInt64(8) == 1,
        row.Long(9), new DeedCounts(row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), row.GetDouble(10)), row.Time(14),
        new DeedCounts(row.GetInt64(15), row.GetInt64(16), row.GetInt64(17), 0), row.GetString(18) == "online", row.TimeOrNull(19), row.GetInt64(20), row.Long(21),
        row.Text(22), row.Text(23), !row.IsDBNull(24), row.Long(25));
}

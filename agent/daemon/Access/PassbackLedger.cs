using EdgeFace.Matching;
using EdgeFace.Sites;

namespace EdgeFace.Access;

/// <summary>
/// Where everybody is, as far as doors have told, and when he last passed a door that counts time. By the monotonic clock;
/// without power its time stands still, so that nobody may come again earlier for it.
/// </summary>
sealed class PassbackLedger(TimeProvider time)
{
    public readonly record struct Position(string Area, long At);

    public Dictionary<SubjectId, Position> Positions { get; } = [];

    public Dictionary<(SubjectId Subject, string Door), long> Passes { get; } = [];

    /// <summary>Null when nothing is against it; soft or hard is for the caller to tell.</summary>
    public AccessDecision? Check(SubjectId subject, string door, DoorRules rules)
    {
        if (rules.AntiPassback is not { Kind: not PassbackKind.Off } rule) return null;

        var limit = rule.Minutes * 60;
        if (rule.Kind is PassbackKind.Timed)
        {
            return Passes.TryGetValue((subject, door), out var at) && Seconds(at) is var ago && ago < limit
                ? AccessDecision.Deny(DenyReason.AntiPassback, (float)ago, (float)limit)
                : null;
        }

        if (!Positions.TryGetValue(subject, out var position) || position.Area == rules.From) return null;
        return limit > 0 && Seconds(position.At) >= limit ? null : AccessDecision.Deny(DenyReason.AntiPassback, 0, 0);
    }

    /// <summary>Also a door without anti-passback moves people: the exit that is free to all.</summary>
    public bool Passed(SubjectId subject, string door, DoorRules rules)
    {
        var now = time.GetTimestamp();
        if (rules.To is { } area) Positions[subject] = new Position(area, now);
        var isTimed = rules.AntiPassback is { Kind: PassbackKind.Timed };
        if (isTimed)
        {
            // What holds nobody back any more is not remembered.
            foreach (var (pass, at) in Passes)
                if (pass.Door == door && Seconds(at) >= rules.AntiPassback?.Minutes * 60) Passes.Remove(pass);
            Passes[(subject, door)] = now;
        }

        return isTimed || rules.To is not null;
    }

    /// <summary>Who is erased, and areas and doors that are gone, are forgotten.</summary>
    public void Keep(Site site, Func<SubjectId, bool> isKnown)
    {
        foreach (var (subject, position) in Positions)
            if (!isKnown(subject) || site.Areas?.Contains(position.Area) != true) Positions.Remove(subject);
        foreach (var pass in Passes.Keys)
            if (!isKnown(pass.Subject) || !site.Doors.ContainsKey(pass.Door)) Passes.Remove(pass);
    }

    double Seconds(long at) => time.GetElapsedTime(at).TotalSeconds;
}

using EdgeFace.Sites;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>What a site says of somebody in some groups at one door at one moment.</summary>
/// <param name="Rule">That lets him in; null: none does.</param>
/// <param name="IsFor">Some rule is for him, though at another time.</param>
/// <param name="MinutesToNext">Until such a rule's hours begin; negative: not in the next days.</param>
/// <param name="NeedsFirstPerson">Only once somebody of those who come first has passed this day.</param>
sealed record Passing(AccessRule? Rule, bool IsFor, double MinutesToNext, bool NeedsFirstPerson)
{
    /// <summary>As the door decides: the first rule that is for him and whose hours it is.</summary>
    /// <param name="site">With that door.</param>
    /// <param name="door">Its name.</param>
    /// <param name="groups">In which he is; all are in "everyone".</param>
    /// <param name="local">On the site's wall.</param>
    public static Passing Of(Site site, string door, IEnumerable<string> groups, DateTime local)
    {
        var rules = site.Doors[door];
        var own = groups.Select(Kept).Append(Site.Everyone).ToHashSet(StringComparer.Ordinal);
        var (isFor, next) = (false, -1.0);
        foreach (var rule in rules.Rules)
        {
            if (!rule.Groups.Select(Kept).Any(own.Contains)) continue;

            isFor = true;
            if (rule.Schedule == Site.Always || Plan(site, rule.Schedule) is { } hours && hours.Allows(local))
                return new Passing(rule, true, 0, rules.FirstPerson is { Count: > 0 } first && !first.Select(Kept).Any(own.Contains));
            if (Plan(site, rule.Schedule)?.MinutesToNext(local) is >= 0 and var wait && (next < 0 || wait < next)) next = wait;
        }

        return new Passing(null, isFor, next, false);
    }

    /// <summary>Held unlocked for everybody at that moment, where nobody has to come first.</summary>
    public static bool IsUnlocked(Site site, string door, DateTime local) =>
        site.Doors[door].Unlock is { } unlock && (unlock.Schedule == Site.Always || Plan(site, unlock.Schedule)?.Allows(local) is true);

    static SchedulePlan? Plan(Site site, string name) =>
        site.Schedules?.GetValueOrDefault(name) is { } schedule ? new SchedulePlan(schedule, site.Holidays) : null;

    /// <summary>In the form in which galleries keep names.</summary>
    static string Kept(string name) => SubjectName.TryNormalise(name, out var kept, out _) ? kept : name;
}

using EdgeFace.Documents;

namespace EdgeFace.Sites;

/// <summary>Whether every name in a site file stands for something in it.</summary>
static class SiteReferences
{
    const int NameMax = 60;

    public static void Check(Site site, DocumentCheck check)
    {
        if (check.IsSound("time_zone") && LocalClock.ZoneFault(site.TimeZone) is { } fault) check.Fault(fault, "time_zone");
        CheckNames(site, check);
        foreach (var (name, schedule) in site.Schedules ?? new Dictionary<string, WeekSchedule>())
        {
            for (var i = 0; i < (schedule.Holidays?.Count ?? 0); i++)
            {
                var list = schedule.Holidays?[i] ?? "";
                Known(check, "holidays", "list of holidays", list, site.Holidays?.Keys, "schedules", name, "holidays", i);
            }
        }

        foreach (var (name, door) in site.Doors) CheckDoor(site, name, door, check);
    }

    static void CheckNames(Site site, DocumentCheck check)
    {
        foreach (var name in site.Doors.Keys) CheckName(name, check, "doors", name);
        foreach (var name in site.Schedules?.Keys ?? []) CheckName(name, check, "schedules", name);
        foreach (var name in site.Holidays?.Keys ?? []) CheckName(name, check, "holidays", name);
        if (site.Schedules?.ContainsKey(Site.Always) == true)
        {
            check.Fault(
                $"'{Site.Always}' is every hour of every day and cannot be another; choose another name",
                "schedules", Site.Always);
        }

        CheckList(site.Groups, "groups", check);
        CheckList(site.Areas, "areas", check);
        for (var i = 0; i < (site.Groups?.Count ?? 0); i++)
        {
            if (site.Groups?[i] == Site.Everyone)
                check.Fault($"'{Site.Everyone}' is everybody and cannot be another group; leave it out", "groups", i);
        }
    }

    static void CheckList(IReadOnlyList<string>? names, string key, DocumentCheck check)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (names?.Count ?? 0); i++)
        {
            var name = names?[i] ?? "";
            CheckName(name, check, key, i);
            if (!seen.Add(name)) check.Fault($"'{DocumentNode.Plain(name)}' stands twice; keep one", key, i);
        }
    }

    static void CheckName(string name, DocumentCheck check, params ReadOnlySpan<object> steps)
    {
        if (name.Trim() != name || name.Length is < 1 or > NameMax || name.Any(char.IsControl))
        {
            check.Fault(
                $"a name has 1 to {NameMax} characters without control characters or space at its ends; this has {name.Length}",
                steps);
        }
    }

    static void CheckDoor(Site site, string name, DoorRules door, DocumentCheck check)
    {
        for (var r = 0; r < door.Rules.Count; r++)
        {
            var rule = door.Rules[r];
            for (var g = 0; g < rule.Groups.Count; g++)
                Group(site, check, rule.Groups[g], "doors", name, "rules", r, "groups", g);
            Schedule(site, check, rule.Schedule, "doors", name, "rules", r, "schedule");
        }

        for (var g = 0; g < (door.FirstPerson?.Count ?? 0); g++)
            Group(site, check, door.FirstPerson?[g] ?? "", "doors", name, "first_person", g);
        if (door.Unlock is { } unlock) Schedule(site, check, unlock.Schedule, "doors", name, "unlock", "schedule");
        if (door.From is { } from) Known(check, "areas", "area", from, site.Areas, "doors", name, "from");
        if (door.To is { } to) Known(check, "areas", "area", to, site.Areas, "doors", name, "to");
        if (door.From is not null && door.From == door.To)
            check.Fault("the door leads from an area into the same; it takes two", "doors", name, "to");
        if (door.AntiPassback is { } passback) CheckPassback(name, door, passback, check);
    }

    static void CheckPassback(string name, DoorRules door, AntiPassback passback, DocumentCheck check)
    {
        if (passback.Kind is PassbackKind.Soft or PassbackKind.Hard && (door.From is null || door.To is null))
            check.Fault("anti-passback goes by areas: give the door \"from\" and \"to\"", "doors", name, "anti_passback");
        if (passback.Kind is PassbackKind.Timed && !(passback.Minutes > 0))
            check.Fault("timed anti-passback needs \"minutes\" above 0", "doors", name, "anti_passback");
    }

    static void Group(Site site, DocumentCheck check, string group, params ReadOnlySpan<object> steps)
    {
        if (group != Site.Everyone) Known(check, "groups", "group", group, site.Groups, steps);
    }

    static void Schedule(Site site, DocumentCheck check, string schedule, params ReadOnlySpan<object> steps)
    {
        if (schedule != Site.Always) Known(check, "schedules", "schedule", schedule, site.Schedules?.Keys, steps);
    }

    /// <param name="check">Takes the fault.</param>
    /// <param name="home">The key of the site under which such names are given.</param>
    /// <param name="what">What the name is of.</param>
    /// <param name="name">What stands there.</param>
    /// <param name="known">What may stand there.</param>
    /// <param name="steps">Where it stands.</param>
    static void Known(
        DocumentCheck check, string home, string what, string name, IEnumerable<string>? known,
        params ReadOnlySpan<object> steps)
    {
        if (known?.Contains(name, StringComparer.Ordinal) == true || !check.IsSound(steps) || !check.IsSound(home)) return;

        var names = string.Join(", ", (known ?? []).Take(20).Select(DocumentNode.Plain));
        check.Fault(
            $"there is no {what} '{DocumentNode.Plain(name)}'; \"{home}\" has {(names.Length > 0 ? names : "none")}", steps);
    }
}

using System.Globalization;
using EdgeFace.Access;
using EdgeFace.Sites;

namespace EdgeFace.Cli;

/// <summary>A site file in words.</summary>
static class SiteText
{
    public static IEnumerable<string> Of(string file, Site site, DateTimeOffset now)
    {
        var zone = LocalClock.Find(site.TimeZone) ?? TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var doors = site.Doors.Count == 1 ? "1 door" : Say($"{site.Doors.Count} doors");
        yield return $"{file}: {doors}. What is not said here is denied.";
        yield return Say($"times are those of {site.TimeZone}, where it is {local:yyyy-MM-dd HH:mm}");
        foreach (var (name, door) in site.Doors)
        {
            yield return "";
            yield return $"door {name}{Between(door)}";
            foreach (var line in Rules(door)) yield return $"  {line}";
        }

        foreach (var line in Schedules(site, local.DateTime)) yield return line;
        yield return "";
        foreach (var line in Limits(site)) yield return line;
    }

    static string Between(DoorRules door) =>
        door.From is null && door.To is null ? "" : $", from {door.From ?? "?"} to {door.To ?? "?"}";

    static IEnumerable<string> Rules(DoorRules door)
    {
        if (door.Rules.Count == 0) yield return "lets nobody in";
        foreach (var rule in door.Rules)
        {
            var twice = rule.TwoPerson ? ", two persons" : "";
            yield return $"{string.Join(", ", rule.Groups)}: {rule.Schedule}, by {rule.Mode.Code()}{twice}";
        }

        if (door.FirstPerson is { Count: > 0 } first)
            yield return $"each day only after somebody of {string.Join(", ", first)} has passed";
        if (door.AntiPassback is { Kind: not PassbackKind.Off } passback) yield return Passback(passback);
        if (door.Unlock is { } unlock)
        {
            var once = unlock.AfterFirstPerson ? ", once somebody has passed that day" : "";
            yield return $"held unlocked: {unlock.Schedule}{once}";
        }
    }

    static string Passback(AntiPassback rule) => rule.Kind switch
    {
        PassbackKind.Timed => Say($"nobody again within {rule.Minutes} minutes"),
        PassbackKind.Soft => Say($"who comes in twice without going out is reported{Forgotten(rule)}"),
        _ => Say($"nobody comes in twice without going out{Forgotten(rule)}"),
    };

    static string Forgotten(AntiPassback rule) => rule.Minutes > 0 ? Say($", forgotten after {rule.Minutes} minutes") : "";

    static IEnumerable<string> Schedules(Site site, DateTime local)
    {
        foreach (var (name, schedule) in site.Schedules ?? new Dictionary<string, WeekSchedule>())
        {
            yield return "";
            var isNow = new SchedulePlan(schedule, site.Holidays).Allows(local) ? "now" : "not now";
            yield return $"schedule {name} ({isNow})";
            foreach (var (days, hours) in schedule.Hours) yield return $"  {days}: {Hours(hours)}";
            if (schedule.Holidays is { Count: > 0 } lists)
                yield return $"  holidays {string.Join(", ", lists)}: {Hours(schedule.HolidayHours ?? [])}";
            foreach (var (date, hours) in schedule.Exceptions ?? new Dictionary<string, IReadOnlyList<DayHours>>())
                yield return $"  {date}: {Hours(hours)}";
        }
    }

    static IEnumerable<string> Limits(Site site)
    {
        var lockout = site.Lockout ?? new LockoutOptions();
        var seconds = Say($"{lockout.Seconds} s, doubling up to {lockout.SecondsMax} s");
        yield return Say($"after {lockout.Attempts} failed attempts in a row: locked out for {seconds}");
        yield return site.HoursNeedTrustedClock
            ? "while the clock is not trusted: hours and validity deny, always still allows"
            : "while the clock is not trusted: hours go by the clock as it is";
        if (site.GalleryAgeMaxHours is { } hours)
            yield return Say($"a gallery that was not confirmed for {hours} hours lets nobody in");
    }

    static string Hours(IReadOnlyList<DayHours> hours) => hours.Count == 0 ? "closed" : string.Join(", ", hours);

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using EdgeFace.Documents;

namespace EdgeFace.Sites;

/// <summary>Hours of a day. They may cross midnight; from and until alike are 24 hours.</summary>
readonly record struct DayHours(TimeOnly From, TimeOnly Until)
{
    /// <summary>They end on the day after the one they begin on.</summary>
    public bool Crosses => Until <= From;

    /// <summary>As "07:00-19:00", "22:00-06:00" or "00:00-24:00".</summary>
    public static bool TryParse(string text, out DayHours hours, out string fault)
    {
        hours = default;
        fault = "hours are written as \"07:00-19:00\", over midnight as \"22:00-06:00\", all day as \"00:00-24:00\"";
        if (text.Split('-') is not [var from, var until] || !TryTime(from, out var begin)) return false;

        TimeOnly end = default; // midnight is where a day ends, too
        if (until.Trim() != "24:00" && !TryTime(until, out end)) return false;

        hours = new DayHours(begin, end);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{From:HH:mm}-{(Until == TimeOnly.MinValue ? "24:00" : Until.ToString("HH:mm", CultureInfo.InvariantCulture))}");

    static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}

/// <summary>A day of one year, or of every year.</summary>
readonly record struct HolidayDate(int? Year, int Month, int Day)
{
    public bool Is(DateOnly date) => date.Month == Month && date.Day == Day && (Year ?? date.Year) == date.Year;

    /// <summary>As "2026-12-24", or "12-25" for every year.</summary>
    public static bool TryParse(string text, out HolidayDate date, out string fault)
    {
        fault = "a holiday is written as \"2026-12-24\", or as \"12-25\" for every year";
        var yearly = text.Length == 5;
        // In a leap year, so that 29 February is a day of every year that has one.
        var good = DateOnly.TryParseExact(
            yearly ? $"2024-{text}" : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        date = new HolidayDate(yearly ? null : day.Year, day.Month, day.Day);
        return good;
    }
}

/// <summary>
/// Hours of a week in local time, other hours on holidays, and others again on single dates. Hours belong to the day they
/// begin on: a night shift that began before a holiday ends as it would.
/// </summary>
/// <param name="Hours">By day: "mon", "mon-fri", "sat,sun" or "daily". Days that are not named have none.</param>
/// <param name="Holidays">Names of lists of holidays.</param>
/// <param name="HolidayHours">On a holiday, instead of the week's; none when left out.</param>
/// <param name="Exceptions">By date, before all else; [] is closed.</param>
sealed record WeekSchedule(
    [property: Length(0, 50)] IReadOnlyDictionary<string, IReadOnlyList<DayHours>> Hours,
    [property: Length(0, 50)] IReadOnlyList<string>? Holidays = null,
    [property: Length(0, 50)] IReadOnlyList<DayHours>? HolidayHours = null,
    [property: Length(0, 1000)] IReadOnlyDictionary<string, IReadOnlyList<DayHours>>? Exceptions = null)
{
    internal void Check(DocumentCheck check)
    {
        foreach (var days in Hours.Keys)
        {
            if (WeekDays.Parse(days) is null)
                check.Fault("no days: write mon, tue, wed, thu, fri, sat, sun, mon-fri, \"sat,sun\" or daily", "hours", days);
        }

        foreach (var date in Exceptions?.Keys ?? [])
        {
            if (!TryDate(date, out _)) check.Fault("no date: write it as 2026-12-24", "exceptions", date);
        }
    }

    public static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
}

/// <summary>Days of the week as people write them.</summary>
static class WeekDays
{
    static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Null when it is none.</summary>
    public static IReadOnlyList<DayOfWeek>? Parse(string text)
    {
        if (text == "daily") return Enum.GetValues<DayOfWeek>();

        var days = new List<DayOfWeek>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-').Select(name => Array.IndexOf(Names, name.Trim())).ToArray();
            if (ends.Length > 2 || ends.Contains(-1)) return null;

            for (var day = ends[0]; ; day = (day + 1) % 7) // fri-mon goes over the week's end
            {
                days.Add((DayOfWeek)day);
                if (day == ends[^1]) break;
            }
        }

        return days;
    }
}

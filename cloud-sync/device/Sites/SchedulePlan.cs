namespace EdgeFace.Sites;

/// <summary>
/// A schedule made ready to be asked. It goes by the clock on the wall: an hour that daylight saving skips is in nobody's
/// hours, and one that comes twice is in them both times.
/// </summary>
sealed class SchedulePlan
{
    const int DaysAhead = 8;

    readonly DayHours[][] _week = [.. Enumerable.Repeat(Array.Empty<DayHours>(), 7)];
    readonly HolidayDate[] _holidays;
    readonly IReadOnlyList<DayHours> _onHolidays;
    readonly Dictionary<DateOnly, IReadOnlyList<DayHours>> _exceptions = [];

    public SchedulePlan(WeekSchedule schedule, IReadOnlyDictionary<string, IReadOnlyList<HolidayDate>>? holidays)
    {
        foreach (var (days, hours) in schedule.Hours)
            foreach (var day in WeekDays.Parse(days) ?? []) _week[(int)day] = [.. _week[(int)day], .. hours];

        _holidays = [.. (schedule.Holidays ?? []).SelectMany(list => holidays?.GetValueOrDefault(list) ?? [])];
        _onHolidays = schedule.HolidayHours ?? [];
        foreach (var (text, hours) in schedule.Exceptions ?? new Dictionary<string, IReadOnlyList<DayHours>>())
            if (WeekSchedule.TryDate(text, out var date)) _exceptions[date] = hours;
    }

    /// <param name="local">On the site's wall.</param>
    public bool Allows(DateTime local)
    {
        var (day, time) = (DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
        foreach (var hours in HoursOf(day)) // not TimeOnly.IsBetween: it knows no 24 hours
            if (time >= hours.From && (hours.Crosses || time < hours.Until)) return true;

        if (day == DateOnly.MinValue) return false;
        foreach (var hours in HoursOf(day.AddDays(-1)))
            if (hours.Crosses && time < hours.Until) return true;

        return false;
    }

    /// <summary>Minutes until hours begin; negative when none do in the next days.</summary>
    public double MinutesToNext(DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        for (var ahead = 0; ahead < DaysAhead && day.DayNumber + ahead <= DateOnly.MaxValue.DayNumber; ahead++)
        {
            var minutes = HoursOf(day.AddDays(ahead))
                .Select(hours => (day.AddDays(ahead).ToDateTime(hours.From) - local).TotalMinutes)
                .Where(wait => wait > 0).DefaultIfEmpty(-1).Min();
            if (minutes > 0) return minutes;
        }

        return -1;
    }

    IReadOnlyList<DayHours> HoursOf(DateOnly day)
    {
        if (_exceptions.TryGetValue(day, out var other)) return other;

        foreach (var holiday in _holidays)
            if (holiday.Is(day)) return _onHolidays;

        return _week[(int)day.DayOfWeek];
    }
}

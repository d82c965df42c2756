using EdgeFace.Sites;
using Xunit;

namespace EdgeFace.Tests.Sites;

public sealed class SchedulePlanTests
{
    /// <summary>A Wednesday.</summary>
    const string Wednesday = "2026-11-25";

    [Theory]
    [InlineData("08:00-17:00", "07:59:59", false)]
    [InlineData("08:00-17:00", "08:00:00", true)]
    [InlineData("08:00-17:00", "16:59:59.9999999", true)]
    [InlineData("08:00-17:00", "17:00:00", false)]
    [InlineData("18:00-24:00", "23:59:59.9999999", true)]
    [InlineData("00:00-24:00", "00:00:00", true)]
    [InlineData("00:00-24:00", "23:59:59.9999999", true)]
    [InlineData("00:00-00:00", "12:00:00", true)]
    [InlineData("22:00-06:00", "21:59:59", false)]
    [InlineData("22:00-06:00", "22:00:00", true)]
    [InlineData("22:00-06:00", "05:59:59", false)] // that is Tuesday's night, which has no hours
    public void Hours_begin_on_the_tick_and_end_before_it(string hours, string time, bool allowed) =>
        Assert.Equal(allowed, Plan(Week("wed", hours)).Allows(At(Wednesday, time)));

    [Theory]
    [InlineData("00:00:00", true)]
    [InlineData("05:59:59.9999999", true)]
    [InlineData("06:00:00", false)]
    public void Hours_over_midnight_end_on_the_next_day(string time, bool allowed) =>
        Assert.Equal(allowed, Plan(Week("wed", "22:00-06:00")).Allows(At("2026-11-26", time)));

    [Fact]
    public void Twenty_four_hours_from_eight_end_at_eight()
    {
        var plan = Plan(Week("wed", "08:00-08:00"));

        Assert.False(plan.Allows(At(Wednesday, "07:59:59")));
        Assert.True(plan.Allows(At(Wednesday, "08:00:00")));
        Assert.True(plan.Allows(At("2026-11-26", "07:59:59")));
        Assert.False(plan.Allows(At("2026-11-26", "08:00:00")));
    }

    [Fact]
    public void Every_moment_of_a_week_is_as_a_table_of_its_minutes_says()
    {
        var schedule = new WeekSchedule(new Dictionary<string, IReadOnlyList<DayHours>>
        {
            ["mon-wed"] = [Hours("07:15-11:45"), Hours("13:00-18:30")],
            ["fri-sun"] = [Hours("20:00-04:10")],
            ["thu"] = [Hours("00:00-24:00")],
        });
        var table = new bool[7 * 24 * 60];
        void Fill(int day, int from, int until)
        {
            for (var minute = from; minute < until; minute++) table[(day * 1440 + minute) % table.Length] = true;
        }

        foreach (var day in new[] { 1, 2, 3 })
        {
            Fill(day, 7 * 60 + 15, 11 * 60 + 45);
            Fill(day, 13 * 60, 18 * 60 + 30);
        }

        foreach (var day in new[] { 5, 6, 0 }) Fill(day, 20 * 60, 28 * 60 + 10);
        Fill(4, 0, 1440);

        var plan = Plan(schedule);
        var sunday = new DateTime(2026, 11, 22);
        for (var minute = 0; minute < table.Length; minute++)
            Assert.Equal(table[minute], plan.Allows(sunday.AddMinutes(minute)));
    }

    [Fact]
    public void A_single_date_goes_before_a_holiday_and_a_holiday_before_the_week()
    {
        var schedule = Week("daily", "08:00-17:00") with
        {
            Holidays = ["public"],
            HolidayHours = [Hours("10:00-12:00")],
            Exceptions = new Dictionary<string, IReadOnlyList<DayHours>>
            {
                ["2026-12-26"] = [Hours("09:00-10:00")],
                ["2026-11-30"] = [],
            },
        };
        var holidays = new Dictionary<string, IReadOnlyList<HolidayDate>>
        {
            ["public"] = [Holiday("12-25"), Holiday("12-26"), Holiday("2026-11-27")],
        };
        var plan = new SchedulePlan(schedule, holidays);

        Assert.False(plan.Allows(At("2026-12-25", "09:00:00")));
        Assert.True(plan.Allows(At("2026-12-25", "11:00:00")));
        Assert.True(plan.Allows(At("2031-12-25", "11:00:00")));
        Assert.True(plan.Allows(At("2026-12-26", "09:30:00")));
        Assert.False(plan.Allows(At("2026-12-26", "11:00:00")));
        Assert.False(plan.Allows(At("2026-11-27", "09:00:00")));
        Assert.True(plan.Allows(At("2027-11-27", "09:00:00")));
        Assert.False(plan.Allows(At("2026-11-30", "11:00:00")));
    }

    [Fact]
    public void A_night_that_began_before_a_holiday_ends_as_it_would()
    {
        var schedule = Week("daily", "22:00-06:00") with { Holidays = ["public"] };
        var plan = new SchedulePlan(
            schedule, new Dictionary<string, IReadOnlyList<HolidayDate>> { ["public"] = [Holiday("12-25")] });

        Assert.True(plan.Allows(At("2026-12-25", "05:00:00")));
        Assert.False(plan.Allows(At("2026-12-25", "23:00:00")));
        Assert.False(plan.Allows(At("2026-12-26", "05:00:00")));
    }

    [Fact]
    public void How_long_until_hours_begin_is_told()
    {
        var plan = Plan(Week("mon-fri", "07:00-19:00"));

        Assert.Equal(95, plan.MinutesToNext(At(Wednesday, "05:25:00")));
        Assert.Equal((24 + 24 + 11) * 60, plan.MinutesToNext(At("2026-11-27", "20:00:00")));
        Assert.True(Plan(Week("mon")).MinutesToNext(At(Wednesday, "05:25:00")) < 0);
    }

    [Fact]
    public void The_ends_of_all_time_are_moments_like_others()
    {
        var plan = Plan(Week("daily", "22:00-06:00"));

        Assert.False(plan.Allows(DateTime.MinValue));
        Assert.True(plan.Allows(DateTime.MaxValue));
        Assert.True(plan.MinutesToNext(DateTime.MaxValue) < 0);
    }

    [Theory]
    [InlineData("mon", 1)]
    [InlineData("mon-fri", 5)]
    [InlineData("sat,sun", 2)]
    [InlineData("fri-mon", 4)]
    [InlineData("daily", 7)]
    [InlineData("mon-sun", 7)]
    public void Days_are_written_as_people_write_them(string text, int count) => Assert.Equal(count, WeekDays.Parse(text)?.Count);

    [Theory]
    [InlineData("")]
    [InlineData("Monday")]
    [InlineData("mon-")]
    [InlineData("mon-tue-wed")]
    [InlineData("mon;tue")]
    public void What_names_no_days_is_refused(string text) => Assert.Null(WeekDays.Parse(text));

    [Theory]
    [InlineData("8:00-17:00")]
    [InlineData("08:00")]
    [InlineData("08:00-25:00")]
    [InlineData("24:00-08:00")]
    [InlineData("08:00-17:00-18:00")]
    public void What_is_no_hours_is_refused(string text)
    {
        Assert.False(DayHours.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    static SchedulePlan Plan(WeekSchedule schedule) => new(schedule, null);

    static WeekSchedule Week(string days, params string[] hours) =>
        new(new Dictionary<string, IReadOnlyList<DayHours>> { [days] = [.. hours.Select(Hours)] });

    static DayHours Hours(string text)
    {
        Assert.True(DayHours.TryParse(text, out var hours, out _));
        return hours;
    }

    static HolidayDate Holiday(string text)
    {
        Assert.True(HolidayDate.TryParse(text, out var date, out _));
        return date;
    }

    static DateTime At(string date, string time) =>
        DateOnly.Parse(date, null).ToDateTime(TimeOnly.Parse(time, null));
}

using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Storage;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ProviderPaceTests : IDisposable
{
    readonly ScratchFolder _folder = new();
    readonly FakeTimeProvider _time = new();
    readonly List<AccessEvent> _told = [];
    readonly List<EventJournal> _journals = [];

    [Fact]
    public async Task Two_deaths_in_a_row_ban_it_for_ten_minutes_and_no_restart_shortens_that()
    {
        await DieAsync("plugin x");
        Assert.Equal(TimeSpan.Zero, Start().BannedFor);
        await DieAsync("plugin x");

        Assert.Equal(TimeSpan.FromMinutes(10), Start().BannedFor);
        _time.Advance(TimeSpan.FromMinutes(4));
        var again = Start();
        Assert.Equal(TimeSpan.FromMinutes(6), again.BannedFor);
        Assert.Equal("the daemon died 2 times in a row while it held plugin x", again.BannedWhy);
        again.End();
        Assert.Equal(TimeSpan.FromMinutes(6), Start().BannedFor);

        _time.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(TimeSpan.Zero, Start().BannedFor);
        await DieAsync("plugin x");
        Assert.Equal(TimeSpan.FromMinutes(20), Start().BannedFor);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_makes_no_ban_longer()
    {
        await DieAsync("x");
        await DieAsync("x");
        _ = Start();

        Assert.Equal(TimeSpan.FromMinutes(10), Start(new FakeTimeProvider(_time.GetUtcNow() - TimeSpan.FromDays(9000))).BannedFor);
    }

    [Fact]
    public async Task Who_held_it_for_an_hour_did_not_die_of_it_whatever_else_is_looked_for_meanwhile()
    {
        await DieAsync("x");
        var pace = Start();
        await pace.HoldAsync("x");
        for (var minutes = 0; minutes <= 60; minutes += 10)
        {
            pace.Looked();
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal(TimeSpan.Zero, Start().BannedFor); // the first death again, and not the second
    }

    [Fact]
    public async Task What_fails_is_looked_at_more_and_more_seldom_until_it_held_for_an_hour()
    {
        var pace = Start();
        await pace.HoldAsync("x");
        var waits = new List<double>();
        for (var round = 0; round < 7; round++)
        {
            waits.Add(pace.Wait.TotalSeconds);
            pace.Looked();
        }

        Assert.Equal([30, 60, 120, 240, 480, 600, 600], waits);
        pace.Calm();
        Assert.Equal(TimeSpan.FromSeconds(30), pace.Wait);
    }

    [Fact]
    public async Task Whatever_is_done_after_an_end_in_order_is_no_death()
    {
        for (var round = 0; round < 3; round++)
        {
            var pace = Start();
            await pace.HoldAsync("x");
            pace.End();
            await pace.HoldAsync("a build that ended later");
        }

        Assert.Equal(TimeSpan.Zero, Start().BannedFor);
    }

    [Fact]
    public async Task What_is_held_already_is_not_told_again()
    {
        var pace = Start();
        await pace.HoldAsync("x");
        await pace.HoldAsync("x");

        Assert.Single(_told);
    }

    async Task DieAsync(string held) => await Start().HoldAsync(held);

    /// <summary>As the next process would find it.</summary>
    ProviderPace Start(TimeProvider? time = null)
    {
        foreach (var before in _journals) before.Dispose();
        var data = new StateFolder(_folder["data"]);
        data.Create();
        var journal = EventJournal.Open(data, new JournalOptions(CommitWindowMs: 0, ReserveMegabytes: 0), "house", TimeProvider.System);
        _journals.Add(journal);
        return new ProviderPace(journal, time ?? _time, happened =>
        {
            _told.Add(happened);
            return journal.AppendAsync(happened);
        });
    }

    public void Dispose()
    {
        foreach (var journal in _journals) journal.Dispose();
        _folder.Dispose();
    }
}

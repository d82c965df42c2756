using System.Text;
using EdgeFace.Hosting;
using EdgeFace.Journal;
using EdgeFace.Tests.Journal;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ClockKeeperTests
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(Now);

    [Fact]
    public void The_floor_is_kept_once_a_minute_and_not_at_every_look()
    {
        using var bed = new JournalBed();
        using var journal = bed.Open();
        var clock = ClockKeeper.Open(new ClockOptions(), journal, _time);
        var kept = new HashSet<string>();
        for (var second = 0; second < 300; second++)
        {
            clock.Look();
            kept.Add(Kept(journal));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, kept.Count);
    }

    [Fact]
    public void What_is_kept_at_the_end_is_where_the_next_start_begins()
    {
        using var bed = new JournalBed();
        using (var journal = bed.Open())
        {
            var clock = ClockKeeper.Open(new ClockOptions(), journal, _time);
            _time.Advance(TimeSpan.FromSeconds(30));
            clock.Look();
            clock.Keep();
        }

        using var again = bed.Open();
        Assert.StartsWith("2026-11-24T08:00:30", Kept(again), StringComparison.Ordinal);
        var back = new FakeTimeProvider(Now.AddDays(-1));
        Assert.Equal(ClockFault.BeforeFloor, ClockKeeper.Open(new ClockOptions(), again, back).Fault);
    }

    static string Kept(EventJournal journal) => Encoding.ASCII.GetString(journal.Recall("clock.floor") ?? []);
}

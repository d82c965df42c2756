using EdgeFace.Access;
using Xunit;
using static EdgeFace.Tests.Access.DeskStage;

namespace EdgeFace.Tests.Access;

public sealed class DeskHoursTests
{
    static readonly string Office = Rule("\"schedule\": \"office\"");

    [Fact]
    public void Out_of_hours_says_when_they_begin()
    {
        var stage = new DeskStage(Office);
        Opens(stage.Face(stage.Anna), stage.Anna);
        stage.Clock.Wall = new DateTimeOffset(2026, 11, 26, 6, 30, 0, TimeSpan.Zero);

        Assert.Equal(90, Denies(stage.Face(stage.Anna), DenyReason.OutOfSchedule).Decision.Value);
    }

    [Fact]
    public void The_first_rule_that_is_for_the_person_at_that_hour_decides_what_is_asked()
    {
        var stage = new DeskStage("""
            "front": { "rules": [
              { "groups": ["staff"], "schedule": "office" }, { "groups": ["everyone"], "mode": "face+pin" } ] }
            """);
        Opens(stage.Face(stage.Anna), stage.Anna);
        Denies(stage.Face(stage.Dora), DenyReason.SecondFactorMissing);

        stage.Clock.Wall = new DateTimeOffset(2026, 11, 25, 20, 0, 0, TimeSpan.Zero);
        Assert.Null(stage.Face(stage.Anna));
        Opens(stage.Pin(AnnasPin), stage.Anna);
    }

    [Fact]
    public void Hours_are_those_of_the_sites_zone_in_summer_and_winter()
    {
        Needs.SkipOrFail("tzdata", Directory.Exists("/usr/share/zoneinfo/Europe"));
        var stage = new DeskStage(Office, "\"time_zone\": \"Europe/Berlin\",");
        var cases = new (string Utc, bool Allowed)[]
        {
            ("2026-11-25T06:59:59Z", false), ("2026-11-25T07:00:00Z", true), ("2026-11-25T15:59:59Z", true),
            ("2026-11-25T16:00:00Z", false), ("2026-07-01T05:59:59Z", false), ("2026-07-01T06:00:00Z", true),
        };
        foreach (var (utc, allowed) in cases)
        {
            stage.Clock.Wall = DateTimeOffset.Parse(utc, null);
            Assert.Equal(allowed, stage.Face(stage.Anna)?.Decision.OpensDoor);
        }
    }

    [Fact]
    public void An_hour_that_is_skipped_is_in_no_hours_and_one_that_comes_twice_is_in_them_twice()
    {
        Needs.SkipOrFail("tzdata", Directory.Exists("/usr/share/zoneinfo/Europe"));
        var stage = new DeskStage(Rule("\"schedule\": \"early\""), "\"time_zone\": \"Europe/Berlin\",");
        var cases = new (string Utc, bool Allowed)[]
        {
            // 29 March: from 02:00 to 03:00 at 01:00 UTC. The hours are what is left of them.
            ("2026-03-29T00:59:59Z", false), ("2026-03-29T01:00:00Z", true), ("2026-03-29T01:14:59Z", true),
            ("2026-03-29T01:15:00Z", false),
            // 25 October: from 03:00 back to 02:00 at 01:00 UTC. Twice 02:15.
            ("2026-10-25T00:14:59Z", false), ("2026-10-25T00:15:00Z", true), ("2026-10-25T00:59:59Z", true),
            ("2026-10-25T01:00:00Z", false), ("2026-10-25T01:15:00Z", true), ("2026-10-25T02:14:59Z", true),
            ("2026-10-25T02:15:00Z", false),
        };
        foreach (var (utc, allowed) in cases)
        {
            stage.Clock.Wall = DateTimeOffset.Parse(utc, null);
            Assert.Equal(allowed, stage.Face(stage.Anna)?.Decision.OpensDoor);
        }
    }

    [Fact]
    public void While_the_clock_is_not_trusted_hours_deny_and_always_allows_but_asks_for_no_less()
    {
        var stage = new DeskStage("""
            "front": { "rules": [ { "groups": ["staff"], "schedule": "office" } ] },
            "back": { "rules": [
              { "groups": ["staff"], "schedule": "night", "mode": "face+pin" }, { "groups": ["everyone"] } ] }
            """);
        stage.Desk.ClockTrusted = false;

        Denies(stage.Face(stage.Anna), DenyReason.ClockUntrusted);
        Assert.Null(stage.Face(stage.Anna, "back")); // it may be night
        Opens(stage.Face(stage.Dora, "back"), stage.Dora);

        stage.Subjects[stage.Dora.Id] = stage.Dora with { ValidUntil = stage.Clock.Wall.AddYears(1) };
        stage.Desk.Replace(stage.Site, stage.Subjects);
        Denies(stage.Face(stage.Dora, "back"), DenyReason.ClockUntrusted);
        stage.Desk.ClockTrusted = true;
        Opens(stage.Face(stage.Dora, "back"), stage.Dora);
    }

    [Fact]
    public void A_desk_trusts_no_clock_until_it_is_told_to_unless_the_site_does()
    {
        var stage = new DeskStage(Office);
        Denies(
            new AccessDesk(stage.Site, stage.Subjects, stage.Clock).Face(
                Anywhere, AccessDecision.Grant(stage.Anna.Id, 1, 0.4f), 0), DenyReason.ClockUntrusted);

        var lenient = new DeskStage(Office, "\"hours_need_trusted_clock\": false,");
        lenient.Desk.ClockTrusted = false;
        Opens(lenient.Face(lenient.Anna), lenient.Anna);
    }

    [Fact]
    public void Validity_is_held_to_the_tick()
    {
        var stage = new DeskStage(Rule("\"mode\": \"face\""));
        var now = stage.Clock.Wall;
        void Valid(DateTimeOffset? from, DateTimeOffset? until)
        {
            stage.Subjects[stage.Anna.Id] = stage.Anna with { ValidFrom = from, ValidUntil = until };
            stage.Desk.Replace(stage.Site, stage.Subjects);
        }

        Valid(now.AddHours(2), null);
        Assert.Equal(2, Denies(stage.Face(stage.Anna), DenyReason.NotYetValid).Decision.Value);
        Valid(now, now.AddTicks(1));
        Opens(stage.Face(stage.Anna), stage.Anna);
        Valid(null, now);
        Denies(stage.Face(stage.Anna), DenyReason.Expired);
    }

    [Fact]
    public void Others_wait_for_the_first_person_of_the_day()
    {
        var stage = new DeskStage("""
            "front": { "rules": [ { "groups": ["everyone"] } ], "first_person": ["guards"] }
            """);
        Denies(stage.Face(stage.Anna), DenyReason.FirstPersonMissing);
        Opens(stage.Face(stage.Cleo), stage.Cleo);
        Denies(stage.Face(stage.Anna), DenyReason.FirstPersonMissing); // the door has not taken it
        stage.Walk(stage.Cleo);
        stage.Walk(stage.Anna);
        stage.Restart();
        stage.Walk(stage.Ben);

        stage.Clock.Advance(14 * 3600);
        Denies(stage.Face(stage.Anna), DenyReason.FirstPersonMissing);
    }

    [Fact]
    public void A_door_is_held_unlocked_in_its_hours_once_somebody_has_come()
    {
        var stage = new DeskStage("""
            "front": { "rules": [ { "groups": ["everyone"] } ], "unlock": { "schedule": "office" } },
            "back": { "rules": [], "unlock": { "schedule": "office", "after_first_person": false } }
            """);
        Assert.Equal((false, true, false), (stage.Desk.IsHeldUnlocked("front"), stage.Desk.IsHeldUnlocked("back"), stage.Desk.IsHeldUnlocked("x")));
        stage.Walk(stage.Dora);
        Assert.True(stage.Desk.IsHeldUnlocked("front"));

        stage.Desk.ClockTrusted = false;
        Assert.Equal((false, false), (stage.Desk.IsHeldUnlocked("front"), stage.Desk.IsHeldUnlocked("back")));
        stage.Desk.ClockTrusted = true;
        stage.Clock.Advance(24 * 3600);
        Assert.Equal((false, true), (stage.Desk.IsHeldUnlocked("front"), stage.Desk.IsHeldUnlocked("back")));
        stage.Clock.Advance(8 * 3600);
        Assert.False(stage.Desk.IsHeldUnlocked("back"));
    }

    [Fact]
    public void A_gallery_that_was_not_confirmed_in_time_lets_nobody_in()
    {
        var stage = new DeskStage(Rule("\"mode\": \"card-or-face\""), "\"gallery_age_max_hours\": 24,");
        Assert.Contains("never confirmed", Denies(stage.Face(stage.Anna), DenyReason.GalleryTooOld).Decision.Explanation, StringComparison.Ordinal);
        stage.Desk.GalleryAge = TimeSpan.FromHours(23);
        Opens(stage.Face(stage.Anna), stage.Anna);
        stage.Clock.Advance(3601);

        Denies(stage.Face(stage.Anna), DenyReason.GalleryTooOld);
        Denies(stage.Card("A1"), DenyReason.GalleryTooOld);
    }
}

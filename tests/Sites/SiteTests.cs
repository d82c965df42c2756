using EdgeFace.Documents;
using EdgeFace.Sites;
using Xunit;

namespace EdgeFace.Tests.Sites;

public sealed class SiteTests
{
    public const string Smallest = """{ "doors": { "front": { "rules": [ { "groups": ["everyone"] } ] } } }""";

    [Fact]
    public void The_example_is_a_site_and_says_what_it_says()
    {
        var site = Site.Read(Downloads.Profile("site-example.json"));

        Assert.Equal(["front", "front exit", "vault", "vault exit"], site.Doors.Keys);
        var vault = site.Doors["vault"].Rules.Single();
        Assert.Equal((AccessMode.FaceCard, true, "office"), (vault.Mode, vault.TwoPerson, vault.Schedule));
        Assert.Equal(PassbackKind.Hard, site.Doors["vault"].AntiPassback?.Kind);
        Assert.Equal(new LockoutOptions(), site.Lockout);
        Assert.Empty(site.Schedules?["office"].Exceptions?["2026-12-31"] ?? [default]);
    }

    [Fact]
    public void The_smallest_site_states_one_rule()
    {
        var rule = Site.Parse(Smallest, "site.json").Doors["front"].Rules.Single();

        Assert.Equal((Site.Always, AccessMode.Face, false), (rule.Schedule, rule.Mode, rule.TwoPerson));
    }

    [Theory]
    [InlineData("{}", "$.doors")]
    [InlineData("""{ "doors": {} }""", "$.doors")]
    [InlineData("""{ "doors": { "front": {} } }""", "$.doors.front.rules")]
    [InlineData("""{ "doors": { "front": { "rules": [{}] } } }""", "$.doors.front.rules[0].groups")]
    [InlineData("""{ "doors": { "front": { "rules": [{ "groups": [] }] } } }""", "$.doors.front.rules[0].groups")]
    public void What_says_of_nobody_that_he_may_pass_is_no_site(string text, string path) =>
        Assert.Equal([path], Faults(text).Select(fault => fault.Path));

    [Fact]
    public void Every_name_that_stands_for_nothing_is_said_with_its_line()
    {
        var faults = Faults("""
            {
              "time_zone": "Europe/Berlim",
              "groups": ["staff", "staff", "everyone"],
              "schedules": {
                "office": {
                  "hours": { "mon-fry": ["07:00-19:00"], "sat": ["9-13"] },
                  "holidays": ["public"], "exceptions": { "24.12.": [] }
                },
                "always": { "hours": {} }
              },
              "doors": {
                "front": {
                  "from": "street", "to": "street",
                  "rules": [
                    { "groups": ["stuff"], "schedule": "offices", "mode": "face+pin" },
                    { "groups": ["staff"], "mode": "fingerprint" }
                  ],
                  "first_person": ["guards"],
                  "unlock": { "schedule": "never" },
                  "anti_passback": { "kind": "timed" }
                },
                " back": { "rules": [], "anti_passback": { "kind": "hard" } }
              },
              "lockout": { "seconds": 60, "seconds_max": 30 }
            }
            """);

        Assert.Equal(
            [
                (2, "$.time_zone"), (3, "$.groups[1]"), (3, "$.groups[2]"), (6, "$.schedules.office.hours.mon-fry"),
                (6, "$.schedules.office.hours.sat[0]"), (7, "$.schedules.office.holidays[0]"),
                (7, "$.schedules.office.exceptions['24.12.']"), (9, "$.schedules.always"),
                (13, "$.doors.front.from"), (13, "$.doors.front.to"), (13, "$.doors.front.to"),
                (15, "$.doors.front.rules[0].groups[0]"), (15, "$.doors.front.rules[0].schedule"),
                (16, "$.doors.front.rules[1].mode"), (18, "$.doors.front.first_person[0]"),
                (19, "$.doors.front.unlock.schedule"), (20, "$.doors.front.anti_passback"),
                (22, "$.doors[' back']"), (22, "$.doors[' back'].anti_passback"), (24, "$.lockout.seconds_max"),
            ],
            faults.Select(fault => (fault.Line, fault.Path)));
        Assert.Contains(faults, fault => fault.What.Contains("there is no group 'stuff'; \"groups\" has staff", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.What.Contains("one of face, face+pin, face+card, card-or-face", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_names_that_cannot_be_read_nothing_follows()
    {
        var faults = Faults("""
            { "groups": "staff", "schedules": 7, "doors": { "front": { "rules": [
              { "groups": ["staff"], "schedule": "office" }, { "groups": ["staff"], "schedule": 5 } ] } } }
            """);

        Assert.Equal(["$.groups", "$.schedules", "$.doors.front.rules[1].schedule"], faults.Select(fault => fault.Path));
    }

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Europe/Berlin", true)]
    [InlineData("berlin", false)]
    [InlineData("../etc/passwd", false)]
    [InlineData("", false)]
    public void A_zone_is_one_of_the_database(string zone, bool known)
    {
        if (zone.StartsWith("Europe", StringComparison.Ordinal)) Needs.SkipOrFail("tzdata", Directory.Exists("/usr/share/zoneinfo/Europe"));

        Assert.Equal(known, LocalClock.Find(zone) is not null);
    }

    static IReadOnlyList<DocumentFault> Faults(string text) =>
        Assert.Throws<DocumentException>(() => Site.Parse(text, "site.json")).Faults;
}

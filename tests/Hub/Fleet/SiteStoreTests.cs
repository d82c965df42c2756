using EdgeFace.Access;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Matching;
using EdgeFace.Sites;
using EdgeFace.Subjects;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Tests.Sites;
using Xunit;

namespace EdgeFace.Tests.Hub.Fleet;

public sealed class SiteStoreTests(PostgresServer server) : IDisposable
{
    readonly ScratchFolder _scratch = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_two_who_change_at_once_the_second_is_told_by_whom_and_nothing_is_lost(string engine)
    {
        await using var made = await MadeDatabase.MakeAsync(engine, server);
        var store = new SiteStore(made.Database, TimeProvider.System);
        Assert.Equal(1, (await store.SaveAsync("north", SiteTests.Smallest, 0, By(made, "anna"), Stop)).Version);
        Assert.Equal(2, (await store.SaveAsync("north", SiteTests.Smallest, 1, By(made, "anna"), Stop)).Version);

        var second = await store.SaveAsync("north", SiteTests.Smallest, 1, By(made, "bert"), Stop);
        Assert.Equal((0, 2, "anna"), (second.Version, second.Newer?.Version, second.Newer?.By));
        Assert.StartsWith("anna has changed this site meanwhile (version 2, ", second.Conflict, StringComparison.Ordinal);
        Assert.NotNull((await store.SaveAsync("north", SiteTests.Smallest, 0, By(made, "bert"), Stop)).Newer);
        Assert.False(await store.DeleteAsync("north", 1, By(made, "anna"), Stop));
        Assert.True(await store.DeleteAsync("north", 2, By(made, "bert"), Stop));
    }

    [Fact]
    public async Task What_a_device_would_refuse_is_not_saved_and_said_in_its_words()
    {
        await using var made = await MadeDatabase.MakeAsync("sqlite", server);
        var store = new SiteStore(made.Database, TimeProvider.System);
        var outcome = await store.SaveAsync("north", """{ "doors": { "front": { "rules": [ { "groups": ["staff"], "schedule": "office" } ] } } }""", 0, By(made, "anna"), Stop);

        Assert.Equal(
            [("$.doors.front.rules[0].groups[0]", "there is no group 'staff'; \"groups\" has none"), ("$.doors.front.rules[0].schedule", "there is no schedule 'office'; \"schedules\" has none")],
            outcome.Faults.Select(fault => (fault.Path, fault.What)));
        Assert.Empty(await store.ListAsync(Stop));
    }

    [Fact]
    public void A_difference_is_said_by_its_place_with_both_values()
    {
        var changes = SiteChange.Between(
            """{ "doors": { "front": { "rules": [ { "groups": ["staff"] } ] } }, "groups": ["staff"] }""",
            """{ "doors": { "front": { "rules": [ { "groups": ["staff", "guests"], "mode": "face+pin" } ] } }, "groups": ["staff"], "time_zone": "Europe/Berlin" }""");

        Assert.Equal(
            [
                new SiteChange("$.doors.front.rules[0].groups", "[\"staff\"]", "[\"staff\",\"guests\"]"), new SiteChange("$.doors.front.rules[0].mode", null, "\"face+pin\""),
                new SiteChange("$.time_zone", null, "\"Europe/Berlin\""),
            ], changes);
    }

    /// <summary>The preview and the door are two readings of one document: they must not differ at any hour of a year.</summary>
    [Fact]
    public void A_preview_says_what_the_door_will_do()
    {
        var site = Site.Read(Downloads.Profile("site-example.json"));
        var (random, compared) = (new Random(7), 0);
        foreach (var (name, rules) in site.Doors)
        {
            var plan = new DoorPlan(rules, site);
            for (var i = 0; i < 2000; i++)
            {
                string[] groups = [.. (site.Groups ?? []).Where(_ => random.Next(3) == 0)];
                var local = new DateTime(2026, 1, 1).AddMinutes(random.Next(525_600));
                var passing = Passing.Of(site, name, groups, local);
                var admission = plan.Admit(
                    new Subject(SubjectId.New(), "x", groups, default, null), new SiteMoment(new DateTimeOffset(local, TimeSpan.Zero), local, true), DateOnly.FromDateTime(local), null);

                Assert.Equal(admission.Refusal is null, passing.Rule is not null);
                if (passing.Rule is { } rule) Assert.Equal((admission.Mode, admission.TwoPerson), (rule.Mode, rule.TwoPerson));
                compared++;
            }
        }

        Assert.True(compared >= 8000);
    }

    public void Dispose() => _scratch.Dispose();

    Doer By(MadeDatabase made, string name)
    {
        var folder = new HubFolder(_scratch["hub"]);
        folder.Create();
        return new Doer(new AuditLog(made.Database, folder, TimeProvider.System), name);
    }
}

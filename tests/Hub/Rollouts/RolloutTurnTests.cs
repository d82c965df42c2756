using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Rollouts;
using EdgeFace.Tests.Hub.Storage;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Rollouts;

/// <summary>Each turn is taken by another instance, on the database alone.</summary>
public sealed class RolloutTurnTests(PostgresServer server)
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Engines => MadeDatabase.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_healthy_change_goes_through_all_stages_by_itself(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 10);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish(first: ["door-07"]), "anna", Stop);
        await bed.PassAsync(id, 3, device => bed.DidAsync(device, 3, 0));

        var devices = await bed.Store.DevicesAsync(id, Stop);
        Assert.Equal(["door-07"], devices.Where(device => device.Told is not null).Select(device => device.Device));
        Assert.Equal([1, 1, 8], devices.GroupBy(device => device.Stage).Select(stage => stage.Count()));

        await bed.PassAsync(id, 190, device => bed.DidAsync(device, 3, 0));
        var rollout = await bed.FindAsync(id);
        Assert.Equal((RolloutState.Done, (string?)null), (rollout.State, rollout.Reason));
        Assert.InRange(rollout.Looks, 20, 60);
        Assert.All(await bed.Store.DevicesAsync(id, Stop), device => Assert.True(device.IsChanged));
        Assert.Equal(
            ["rollout.done", "rollout.stage", "rollout.stage", "rollout.begin"],
            (await bed.Audit.ListAsync(new AuditQuery(), 10, Stop)).Select(row => row.Action));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Doors_that_deny_more_halt_it_and_a_roll_back_gives_back_what_was(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 10);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish(), "anna", Stop);
        await bed.PassAsync(id, 40, async device =>
        {
            var isChanged = await bed.Devices.DesiredSiteAsync(device, Stop) != RolloutBed.Old;
            await bed.DidAsync(device, isChanged ? 2 : 9, isChanged ? 8 : 1);
        });

        var rollout = await bed.FindAsync(id);
        Assert.Equal((RolloutState.Halted, 0), (rollout.State, rollout.Stage));
        Assert.StartsWith("Denials rose from 10.0 % to", rollout.Reason, StringComparison.Ordinal);
        var hit = Assert.Single(await bed.Store.DevicesAsync(id, Stop), device => device.Told is not null);

        Assert.True(await bed.Desk.RollBackAsync(id, "anna", Stop));
        await bed.TurnAsync(id);
        Assert.Equal(RolloutState.RolledBack, (await bed.FindAsync(id)).State);
        var device = await bed.Devices.FindAsync(hit.Device, Stop);
        Assert.Equal((hit.Version + 1, RolloutBed.Old), (device?.Desired, await bed.Devices.DesiredSiteAsync(hit.Device, Stop)));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_refusal_halts_at_once_and_whoever_goes_on_does_not_hear_of_it_again(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 5);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish(first: ["door-01"]), "anna", Stop);
        await bed.TurnAsync(id);
        await bed.SayAsync("door-01", new SettingsReport(7, 8, "faults", ["$.doors: the profile's door 'side' is not in it"], bed.Time.GetUtcNow()));
        await bed.TurnAsync(id);

        Assert.Equal(
            (RolloutState.Halted, "door-01 refuses the settings (faults): $.doors: the profile's door 'side' is not in it"),
            ((await bed.FindAsync(id)).State, (await bed.FindAsync(id)).Reason));

        Assert.True(await bed.Desk.GoOnAsync(id, "anna", Stop));
        await bed.PassAsync(id, 190);
        Assert.Equal(RolloutState.Done, (await bed.FindAsync(id)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_device_that_does_not_report_holds_its_stage_and_halts_when_patience_ends(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 5);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish(first: ["door-01"]), "anna", Stop);
        for (var i = 0; i < 30; i++)
        {
            await bed.TurnAsync(id);
            bed.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((RolloutState.Running, 0), ((await bed.FindAsync(id)).State, (await bed.FindAsync(id)).Stage));
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await bed.TurnAsync(id);
        Assert.Equal("door-01 has not reported the new settings for 30 minutes.", (await bed.FindAsync(id)).Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_device_that_goes_away_after_the_change_halts(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 5);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish(first: ["door-01"]), "anna", Stop);
        await bed.PassAsync(id, 3);
        await bed.SayAsync("door-01", isOnline: false);
        await bed.PassAsync(id, 33);

        Assert.Equal("door-01 has been offline since the change for 30 minutes.", (await bed.FindAsync(id)).Reason);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Whoever_is_told_something_else_meanwhile_is_left_alone(string engine)
    {
        await using var bed = await RolloutBed.MakeAsync(engine, server, 3);
        var id = await bed.Desk.BeginAsync(RolloutBed.Wish("2, 100 %", first: ["door-01"]), "anna", Stop);
        await bed.PassAsync(id, 3);
        var other = """{"doors":{"front":{"rules":[]}}}""";
        await bed.Devices.DesireAsync("door-01", other, Stop);
        Assert.True(await bed.Desk.RollBackAsync(id, "anna", Stop));
        await bed.TurnAsync(id);

        Assert.Equal(other, await bed.Devices.DesiredSiteAsync("door-01", Stop));
    }

    [Fact]
    public async Task What_cannot_be_rolled_out_is_said_before_anything_is_sent()
    {
        await using var bed = await RolloutBed.MakeAsync("sqlite", server, 3);
        async Task<string> Fault(RolloutWish wish) => (await Assert.ThrowsAsync<FormatException>(() => bed.Desk.BeginAsync(wish, "anna", Stop))).Message;

        Assert.Contains("'ten' is no stage", await Fault(RolloutBed.Wish("ten")), StringComparison.Ordinal);
        Assert.Contains("There is no such device, or it is revoked: nobody", await Fault(RolloutBed.Wish(first: ["nobody"])), StringComparison.Ordinal);
        Assert.Contains("A device would refuse the document: $.doors: ", await Fault(RolloutBed.Wish(site: """{"doors":{}}""")), StringComparison.Ordinal);
        await bed.Desk.BeginAsync(RolloutBed.Wish(), "anna", Stop);
        Assert.Contains("are in the roll-out 'keypads'", await Fault(RolloutBed.Wish()), StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_are_shares_or_numbers_and_all_come_last()
    {
        Assert.Equal([1, 5, 25, 50], RolloutStage.Parse("1, 10 %, 50%", 30, 50).Select(stage => stage.Devices));
        Assert.Equal([1], RolloutStage.Parse("1, 10 %, 50 %, 100 %", 30, 1).Select(stage => stage.Devices));
    }
}

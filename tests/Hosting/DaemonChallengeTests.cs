using System.Text.Json;
using EdgeFace.Hosting;
using EdgeFace.Pipeline;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>Franck is on the video and does nothing that he is asked: he talks, and blinks now and then.</summary>
public sealed class DaemonChallengeTests
{
    [Fact]
    public async Task A_recording_of_somebody_who_is_known_is_denied_with_a_reason_and_counts_towards_the_lockout()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["everyone"] }] } }, "lockout": { "attempts": 2 } }""");
        Challenge(house, new StepUpOptions(StepUpWhen.Always, Steps: 1, StepSeconds: 1));
        await house.StartAsync();

        await house.HappensAsync("denied.challenge-failed", times: 2);
        await house.HappensAsync("denied.locked-out");

        Assert.Empty(house.Events("granted"));
        var started = house.Events("challenge.started")[0];
        Assert.Equal(("always", "front"), (started.What.Reason, started.What.Door));
        Assert.NotNull(started.What.Subject);
        var failed = house.Events("challenge.failed");
        Assert.All(failed, each => Assert.False(string.IsNullOrEmpty(each.What.Reason) || string.IsNullOrEmpty(each.What.Remedy)));
        Assert.Empty(house.Events("challenge.passed"));
    }

    [Fact]
    public async Task An_operator_s_challenge_is_told_as_it_goes_on_is_to_be_seen_in_the_status_and_opens_nothing()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.WriteSite("""{ "doors": { "front": { "rules": [{ "groups": ["nobody"] }] } }, "groups": ["nobody"] }""");
        Challenge(house, new StepUpOptions(Steps: 1, StepSeconds: 1));
        await house.StartAsync();

        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => house.Data)], DaemonHouse.Stop);
        var said = new List<string>();
        ControlReply? last = null;
        var prompts = 0;
        await foreach (var reply in client.AskAsync(new ControlRequest("challenge", "front", Steps: 2), DaemonHouse.Stop))
        {
            if (reply.Say is { } word) said.Add(word);
            if (said.Count == 1 && last is null && await PromptAsync(house) is not null) prompts++;
            last = reply;
        }

        Assert.Equal("Look straight into the camera and hold still.", said[0]);
        Assert.Equal(1, prompts);
        Assert.Null(await PromptAsync(house));
        var report = last?.Answer?.Deserialize(ControlJson.Lines.ChallengeReport);
        Assert.Equal(("failed", 2, ControlExit.No), (report?.Result, report?.Steps, last?.Exit));
        Assert.False(string.IsNullOrEmpty(report?.Reason));
        Assert.Empty(house.Events("granted"));
        await house.HappensAsync("operator.challenge");
    }

    [Fact]
    public async Task Where_there_is_no_such_door_or_too_many_steps_nobody_is_challenged()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();

        Assert.Equal(ControlExit.BadInput, (await house.AskAsync(ControlCommands.Challenge, "side")).Exit);
        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => house.Data)], DaemonHouse.Stop);
        await foreach (var reply in client.AskAsync(new ControlRequest("challenge", "front", Steps: 6), DaemonHouse.Stop))
            Assert.Contains("it takes 1 to 5", reply.Fault, StringComparison.Ordinal);
        Assert.Empty(house.Events("challenge.started"));
    }

    static void Challenge(DaemonHouse house, StepUpOptions stepUp) => house.Profile = house.Profile with
    {
        Doors = house.Profile.Doors.ToDictionary(
            door => door.Key, door => door.Value with { Challenge = stepUp, Consensus = new ConsensusOptions(RetrySeconds: 1) }),
    };

    static async Task<string?> PromptAsync(DaemonHouse house)
    {
        var doors = (await house.AskAsync(ControlCommands.Doors)).Answer?.Deserialize(ControlJson.Lines.IReadOnlyListDoorReport);
        return doors?[0].Prompt;
    }
}

using System.Text.Json;
using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonCaptureTests
{
    [Fact]
    public async Task A_clip_of_a_presentation_comes_picture_by_picture_and_the_door_decides_nobody_meanwhile()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();
        await house.HappensAsync("granted");

        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => house.Data)], DaemonHouse.Stop);
        var replies = await ControlHouse.ToListAsync(
            client.AskAsync(new ControlRequest(ControlCommands.Capture.Name, "front", Seconds: 5), DaemonHouse.Stop), DaemonHouse.Stop);
        var decided = house.Events("granted").Count;

        var pictures = replies.Select(reply => reply.Answer?.Deserialize(ControlJson.Lines.SnapshotReport)).OfType<SnapshotReport>().ToArray();
        Assert.InRange(pictures.Length, 6, 26);
        Assert.InRange((pictures[^1].TakenAt - pictures[0].TakenAt).TotalSeconds, 4, 8);
        Assert.Equal(ControlExit.Ok, replies[^1].Exit);

        // The film comes round every few seconds, and somebody who may pass is in it.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, DaemonHouse.Stop);
        Assert.InRange(house.Events("granted").Count, decided, decided + 1); // one may have been under way when it began
        await house.HappensAsync("granted", decided + 2);
        await house.HappensAsync("operator.capture");
        Assert.Single(house.Events("operator.capture"));
    }

    [Fact]
    public async Task A_door_that_is_not_there_and_a_clip_too_long_are_refused()
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();

        Assert.Contains("front", (await house.AskAsync(ControlCommands.Capture, "side")).Fault, StringComparison.Ordinal);
        Assert.Contains("61", (await house.AskAsync(ControlCommands.Capture, "front", seconds: 61)).Fault, StringComparison.Ordinal);
    }
}

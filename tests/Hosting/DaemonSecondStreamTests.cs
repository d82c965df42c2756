using EdgeFace.Capture;
using EdgeFace.Hosting;
using EdgeFace.Tests.Liveness;
using Xunit;

namespace EdgeFace.Tests.Hosting;

/// <summary>The whole daemon with a film for a camera and a second stream beside it that the test makes.</summary>
public sealed class DaemonSecondStreamTests : IDisposable
{
    const int Width = 320;

    readonly ScratchFolder _folder = new();

    /// <summary>The same film as its own second stream: it has colours, so it is not infrared, whatever the profile calls it.</summary>
    [Fact]
    public async Task A_second_stream_that_is_not_what_it_is_called_opens_nothing_and_the_journal_says_why()
    {
        await using var house = await DaemonHouse.BuildAsync();
        var camera = house.Profile.Cameras["cam"];
        house.Profile = house.Profile with
        {
            Cameras = new Dictionary<string, CameraOptions> { ["cam"] = camera with { Ir = new SecondStreamOptions(camera.Source, Loop: true, LagSeconds: 2) } },
        };
        await house.StartAsync();

        await SaidAsync(house, "denied.spoof", "liveness_ir", "unproved");
        Assert.Empty(house.Events("granted"));
        Assert.Contains("cam-ir", (await house.AskAsync(ControlCommands.Status)).Answer?.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_in_the_depth_stream_opens_the_door()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = await WithDepthAsync(house.Profile, MadeScene.Head);
        await house.StartAsync();

        await SaidAsync(house, "granted", "liveness_depth", "bona-fide");
    }

    [Fact]
    public async Task A_sheet_in_the_depth_stream_opens_nothing()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = await WithDepthAsync(house.Profile, (x, y) => x * x / 250 + 0.3f * y);
        await house.StartAsync();

        await SaidAsync(house, "denied.spoof", "liveness_depth", "flat");
        Assert.Empty(house.Events("granted"));
    }

    [Fact]
    public async Task A_second_stream_that_never_comes_is_the_camera_s_fault_and_locks_nobody_out()
    {
        await using var house = await DaemonHouse.BuildAsync();
        house.Profile = With(house.Profile, new SecondStreamOptions("pipe:sleep 1000", Width, Width));
        await house.StartAsync();

        await SaidAsync(house, "denied.camera-untrusted", "liveness_depth", "missing");
        Assert.Empty(house.Events("granted"));
        Assert.Empty(house.Events("denied.spoof"));
    }

    /// <summary>Of somebody who has left before he was decided nothing more is told.</summary>
    static Task SaidAsync(DaemonHouse house, string kind, string key, string word) => Eventually.TrueAsync(
        () => house.Events(kind).Any(happened => happened.What.More?.GetValueOrDefault(key) == word), $"{kind} with {key} {word}");

    static DeviceProfile With(DeviceProfile profile, SecondStreamOptions depth) => profile with
    {
        Cameras = profile.Cameras.ToDictionary(camera => camera.Key, camera => camera.Value with { Depth = depth }),
    };

    /// <summary>A program that writes millimetres over and over, with the surface where the face of the film is.</summary>
    async Task<DeviceProfile> WithDepthAsync(DeviceProfile profile, Func<float, float, float?> surface)
    {
        using var recognizer = await Cast.RecognizerAsync();
        var frames = await Cast.FramesAsync("franck.mp4", 61, every: 1, count: 1);
        using var frame = frames[0];
        var face = recognizer.Locate(frame)[0].Face.Box;
        var height = Width * frame.Height / frame.Width;
        var raw = new byte[Width * height * 2];
        var random = new Random(1);
        for (var i = 0; i < Width * height; i++)
        {
            var (x, y) = ((i % Width + 0.5f) * frame.Width / Width, (i / Width + 0.5f) * frame.Width / Width);
            var millimetres = (int)((surface((x - face.CentreX) / face.Width * 150, (y - face.CentreY) / face.Height * 190) + 600 ?? 2000)
                + 4 * random.NextSingle());
            (raw[2 * i], raw[2 * i + 1]) = ((byte)millimetres, (byte)(millimetres >> 8));
        }

        await File.WriteAllBytesAsync(_folder["depth.raw"], raw, DaemonHouse.Stop);
        return With(profile, new SecondStreamOptions(
            $"pipe:sh -c \"while cat '{_folder["depth.raw"]}'; do sleep 0.02; done\"", Width, height, LagSeconds: 2)); // a busy machine is not what is tested
    }

    public void Dispose() => _folder.Dispose();
}

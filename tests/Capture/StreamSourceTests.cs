using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeFace.Capture;
using EdgeFace.Tests.Tidy;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

/// <summary>Against a real RTSP server in a process of its own, killed and started again.</summary>
public sealed class StreamSourceTests
{
    static readonly Lazy<bool> Installed = new(RtspServer.IsInstalled);

    readonly CameraWitness _witness = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_is_killed_and_comes_back_is_a_camera_lost_and_back()
    {
        using var server = await ServerAsync();
        using var camera = Camera(server.Address);
        camera.Start();
        await _witness.HearsAsync(CameraEventKind.Live);

        for (var kill = 1; kill <= 3; kill++)
        {
            server.Kill();
            await _witness.HearsAsync(CameraEventKind.Lost, kill);
            await server.StartAsync(Stop);
            await _witness.HearsAsync(CameraEventKind.Back, kill);
        }

        await CameraWitness.TakeAsync(camera, 5);
        await CameraWitness.EndAsync(camera);
        Assert.Equal(3, camera.Reconnects);
        Assert.Equal(7, _witness.Events.Length);
    }

    [Fact]
    public async Task A_server_that_falls_silent_without_a_word_is_seen_within_the_limit()
    {
        using var server = await ServerAsync();
        using var camera = Camera(server.Address);
        camera.Start();
        await _witness.HearsAsync(CameraEventKind.Live);

        server.Freeze();
        await _witness.HearsAsync(CameraEventKind.Lost);
        Assert.Contains("(limit 1.5 s)", _witness.Events[1].Message);
        server.Kill();
        await server.StartAsync(Stop);
        await _witness.HearsAsync(CameraEventKind.Back);
        await CameraWitness.EndAsync(camera);
        Assert.Equal(0, camera.Hung);
    }

    [Fact]
    public async Task A_frozen_camera_on_the_network_is_an_event()
    {
        using var server = await ServerAsync("--pattern", "smpte75");
        using var camera = Camera(server.Address, SceneChecks.Auto);
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Frozen);
        Assert.Equal(SceneFault.Frozen, camera.Scene);
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task A_password_is_used_and_never_seen()
    {
        using var server = await ServerAsync("--user", "door", "--password", "s3cret");
        using var camera = Camera(server.Address.Replace("//", "//door:s3cret@", StringComparison.Ordinal));
        camera.Start();
        await CameraWitness.TakeAsync(camera, 3);

        var ours = Directory.GetDirectories("/proc").Select(folder => Path.Combine(folder, "cmdline")).Where(File.Exists)
            .Select(Read).Where(line => line.StartsWith("ffmpeg", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(ours);
        Assert.DoesNotContain(ours, line => line.Contains("s3cret", StringComparison.Ordinal));

        server.Kill();
        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.DoesNotContain(_witness.Events, heard => heard.Message.Contains("s3cret", StringComparison.Ordinal));
        Assert.Contains("rtsp://***@127.0.0.1", _witness.Events[1].Message);
    }

    [Fact]
    public async Task A_wrong_password_is_said_without_it()
    {
        using var server = await ServerAsync("--user", "door", "--password", "s3cret");
        using var camera = Camera(server.Address.Replace("//", "//door:wr0ng@", StringComparison.Ordinal));
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("401", _witness.Events[0].Message);
        Assert.DoesNotContain("wr0ng", _witness.Events[0].Message);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_a_lost_camera()
    {
        Needs.SkipOrFail("rtsp", Installed.Value);
        using var camera = Camera("rtsp://127.0.0.1:1/door");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("Connection refused", _witness.Events[0].Message);
    }

    [Fact]
    public async Task A_decoder_that_is_not_installed_is_said_with_its_package()
    {
        using var camera = new Camera("door", new("rtsp://127.0.0.1:1/door", Decoder: "no-such-ffmpeg"), TimeProvider.System, _witness.Hear);
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("apt-get install ffmpeg", _witness.Events[0].Message);
    }

    /// <summary>The decoder is a script here: a network that stands still at will is not to be had.</summary>
    [Fact]
    public async Task A_backlog_after_the_network_stood_still_is_never_shown()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.Write("picture", [.. "FRAME\n"u8, .. new byte[16 * 16 * 3 / 2]]);
        var decoder = folder.Write("decoder", Encoding.ASCII.GetBytes($$"""
            #!/bin/sh
            printf 'YUV4MPEG2 W16 H16 F25:1\n'
            paced() { i=0; while [ $i -lt $1 ]; do cat {{picture}}; sleep 0.04; i=$((i + 1)); done; }
            paced 20
            sleep 1
            cat {{string.Join(' ', Enumerable.Repeat(picture, 20))}}
            paced 1000
            """));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(decoder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var camera = new Camera(
            "door", new("rtsp://127.0.0.1:1/door", SceneChecks: SceneChecks.Off, StallSeconds: 5, Decoder: decoder), TimeProvider.System, _witness.Hear);
        camera.Start();

        await Eventually.TrueAsync(() => camera.FramesRead > 25, "pictures after the backlog");
        Assert.True(camera.Skipped >= 5, $"{camera.Skipped} of a backlog of 20"); // on a busy machine some come slowly
        Assert.Equal([CameraEventKind.Live], _witness.Events.Select(heard => heard.Kind));
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task Pictures_of_a_stream_have_its_colours_and_are_scaled_as_wanted()
    {
        using var server = await ServerAsync("--pattern", "red", "--size", "640x480");
        using var camera = new Camera("door", new(server.Address, Height: 120, SceneChecks: SceneChecks.Off), TimeProvider.System);
        camera.Start();
        await Eventually.TrueAsync(() => camera.State == CameraState.Live, "pictures");
        Assert.True(camera.Frames.TryTake(TimeSpan.FromMinutes(1), Stop, out var frame));
        using (frame)
        {
            Assert.Equal((160, 120), (frame.Width, frame.Height));
            Assert.InRange(frame.Pixels[0], 0, 24); // the server's JPEG is lossy
            Assert.InRange(frame.Pixels[1], 0, 24);
            Assert.InRange(frame.Pixels[2], 231, 255);
            Assert.True(frame.CapturedAt > 0);
        }

        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task Motion_JPEG_over_HTTP_is_a_stream_too()
    {
        Needs.SkipOrFail("rtsp", Installed.Value);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeJpegsAsync(listener);
        using var camera = Camera($"http://{listener.LocalEndpoint}/video.mjpg?user=a&password=s3cret");
        camera.Start();

        Assert.Equal(MadeVideo.Width, (await CameraWitness.TakeAsync(camera, 3))[0].Width);
        await CameraWitness.EndAsync(camera);
        listener.Stop();
        await serving;
        Assert.DoesNotContain(_witness.Events, heard => heard.Message.Contains("s3cret", StringComparison.Ordinal));
    }

    static async Task ServeJpegsAsync(TcpListener listener)
    {
        using var picture = new Mat(MadeVideo.Height, MadeVideo.Width, MatType.CV_8UC3, Scalar.All(90));
        var jpeg = picture.ImEncode(".jpg");
        try
        {
            using var client = await listener.AcceptTcpClientAsync(Stop);
            var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"u8.ToArray(), Stop);
            while (true)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {jpeg.Length}\r\n\r\n"), Stop);
                await stream.WriteAsync(jpeg, Stop);
                await stream.WriteAsync("\r\n"u8.ToArray(), Stop);
                await Task.Delay(20, Stop);
            }
        }
        catch (IOException)
        {
            // The camera was stopped: it has seen enough.
        }
    }

    static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // the process ended meanwhile
        }
    }

    static async Task<RtspServer> ServerAsync(params string[] arguments)
    {
        Needs.SkipOrFail("rtsp", Installed.Value);
        var server = new RtspServer(Repository.Root, arguments);
        await server.StartAsync(Stop);
        return server;
    }

    Camera Camera(string address, SceneChecks checks = SceneChecks.Off) => new("door",
        new(address, SceneChecks: checks, Scene: new(FrozenSeconds: 2), OpenSeconds: 20, StallSeconds: 1.5, RetryFirstSeconds: 0.1,
            RetryMaxSeconds: 0.5), TimeProvider.System, _witness.Hear);
}

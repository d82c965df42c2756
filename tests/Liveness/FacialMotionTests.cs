using EdgeFace.Capture;
using EdgeFace.Liveness;
using EdgeFace.Recognition;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class FacialMotionTests
{
    const float Enough = 0.02f;

    /// <summary>Moments before a blink whose lids shut between two frames: half of all there is to see.</summary>
    [Theory]
    [InlineData(23.5)]
    [InlineData(29)]
    [InlineData(30)]
    public async Task A_face_that_shuts_its_eyes_between_two_frames_moves_when_it_opens_them(double at)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var video = new VideoReader(Path.Combine(await Downloads.MediaAsync(), "franck.mp4"));
        video.SeekTo(TimeSpan.FromSeconds(at));
        IEnumerable<Frame?> Played()
        {
            var pool = new FramePool(1, video.Width, video.Height);
            for (var i = 0; i < 4 * video.FramesPerSecond && video.Read(pool) is { } frame; i++) yield return frame;
        }

        Assert.InRange(Shown(recognizer, Played(), 1 / video.FramesPerSecond), Enough, 1);
    }

    [Theory]
    [InlineData(1)] // twenty-five frames a second
    [InlineData(3)] // eight
    public async Task Photographs_that_change_places_while_nobody_can_look_are_no_motion(int everyNth)
    {
        using var recognizer = await Cast.RecognizerAsync();
        var stills = await Cast.FramesAsync("franck.mp4", from: 40, every: 3, count: 3);
        const int Each = 32, Hidden = 8;
        IEnumerable<Frame?> Shuffled()
        {
            foreach (var still in stills)
            {
                foreach (var frame in MadeAttacks.Held(still, 1.5, Each)) yield return frame;
                for (var i = 0; i < Hidden; i++) yield return null;
            }
        }

        Assert.InRange(Shown(recognizer, Every(everyNth, Shuffled()), everyNth / 25.0), 0, Enough / 2);
        stills.ForEach(still => still.Dispose());
    }

    /// <summary>Eight frames a second.</summary>
    [Fact]
    public async Task Nor_are_they_to_a_device_that_sees_each_of_them_in_four_frames_only()
    {
        using var recognizer = await Cast.RecognizerAsync();
        var stills = await Cast.FramesAsync("franck.mp4", from: 40, every: 3, count: 4);
        IEnumerable<Frame?> Swiped() =>
            Enumerable.Range(0, 8).SelectMany(i => MadeAttacks.Held(stills[i % stills.Count], 1.5, 12));

        Assert.InRange(Shown(recognizer, Every(3, Swiped()), 0.12), 0, Enough / 2);
        stills.ForEach(still => still.Dispose());
    }

    /// <summary>It is the largest step of all, and everything after it differs from it.</summary>
    [Fact]
    public async Task One_frame_of_something_else_between_those_of_a_photograph_is_no_motion()
    {
        using var recognizer = await Cast.RecognizerAsync();
        var stills = await Cast.FramesAsync("franck.mp4", from: 40, every: 3, count: 2);
        var frames = MadeAttacks.Held(stills[0], 1.5, 20).Concat(MadeAttacks.Held(stills[1], 1.5, 1))
            .Concat(MadeAttacks.Held(stills[0], 1.5, 40));

        Assert.InRange(Shown(recognizer, frames, 0.04), 0, Enough / 2);
        stills.ForEach(still => still.Dispose());
    }

    /// <summary>What was not seen is let go of, too.</summary>
    static IEnumerable<Frame?> Every(int nth, IEnumerable<Frame?> frames)
    {
        foreach (var (i, frame) in frames.Index())
        {
            if (i % nth == 0) yield return frame;
            else frame?.Dispose();
        }
    }

    /// <param name="recognizer">Finds the face.</param>
    /// <param name="frames">Null where nobody could look.</param>
    /// <param name="step">Seconds from one to the next.</param>
    static float Shown(FaceRecognizer recognizer, IEnumerable<Frame?> frames, double step)
    {
        var motion = new FacialMotion(recognizer.Embedder.Width, sameFaceMin: 0.4f);
        var since = TimeSpan.Zero;
        foreach (var next in frames)
        {
            using var frame = next;
            since += TimeSpan.FromSeconds(step);
            if (frame is null || recognizer.Locate(frame) is not [var face, ..]) continue;

            motion.See(frame, face.Chip, recognizer.Embed(frame, face).Values, since, Enough);
            since = TimeSpan.Zero;
        }

        return motion.Shown;
    }
}

using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Pipeline;
using EdgeFace.Recognition;
using EdgeFace.Subjects;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Pipeline;

public sealed class GuidedEnrollmentTests
{
    static readonly HeadPose Straight = new(0, 0, 0);

    readonly FakeTimeProvider _time = new();
    readonly List<string> _said = [];
    readonly GuidedEnrollment _enrollment;
    float _quality;

    public GuidedEnrollmentTests() => _enrollment = new GuidedEnrollment(_said.Add, _time);

    [Fact]
    public void It_takes_the_best_of_each_look_and_says_what_to_do_next()
    {
        foreach (var pose in new[] { Straight, new(12, 0, 0), new(-12, 0, 0), new(0, 12, 0), Straight })
        {
            Assert.False(_enrollment.IsOver);
            See(pose, frames: 5);
        }

        Assert.True(_enrollment.IsOver);
        Assert.Equal(10, _enrollment.Samples.Count);
        // Quality grows with every frame: of the first five the last two are the best.
        Assert.Equal([5f, 4f], _enrollment.Samples.Take(2).Select(sample => sample.Quality));
        Assert.Equal("Look straight into the camera.", _said[0]);
        Assert.Contains("Turn your head a little to your left.", _said);
        Assert.Equal(5, _said.Count(word => word == "Good."));
    }

    [Fact]
    public void A_look_that_somebody_cannot_give_is_passed_over_and_the_straight_one_is_not()
    {
        See(Straight, frames: 5);
        for (var look = 0; look < 4; look++) See(new(-40, 0, 0), frames: 100);
        Assert.True(_enrollment.IsOver);
        Assert.Equal(2, _enrollment.Samples.Count);
        Assert.Equal(4, _said.Count(word => word == "Never mind."));

        var another = new GuidedEnrollment(_said.Add, _time);
        for (var i = 0; i < 400 && !another.IsOver; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            another.See(Verdict(new(25, 0, 0)), faces: 1, Sample);
        }

        Assert.True(another.IsOver);
        Assert.Empty(another.Samples);
        Assert.Equal("Nobody looked straight into the camera in time.", _said[^1]);
    }

    [Fact]
    public void What_is_wrong_is_said_in_words_and_not_with_every_frame()
    {
        for (var i = 0; i < 20; i++)
        {
            _enrollment.See(null, faces: 0, Sample);
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        _enrollment.See(Verdict(Straight), faces: 2, Sample);
        _time.Advance(TimeSpan.FromSeconds(2));
        _enrollment.See(Verdict(Straight, pixels: 20), faces: 1, Sample);
        _time.Advance(TimeSpan.FromSeconds(2));
        _enrollment.See(Verdict(Straight, AccessDecision.Deny(DenyReason.Spoof, 0.1f, 0.5f)), faces: 1, Sample);

        Assert.InRange(_said.Count(word => word.StartsWith("I see nobody", StringComparison.Ordinal)), 1, 3);
        Assert.Contains(_said, word => word.Contains("20", StringComparison.Ordinal));
        Assert.Empty(_enrollment.Samples);
        Assert.DoesNotContain("Good.", _said);
    }

    [Fact]
    public void Two_faces_are_one_too_many()
    {
        for (var i = 0; i < 10; i++) _enrollment.See(Verdict(Straight), faces: 2, Sample);
        _time.Advance(TimeSpan.FromSeconds(2));
        _enrollment.See(Verdict(Straight), faces: 2, Sample);

        Assert.Contains("I see 2 faces: only one person may stand there.", _said);
        Assert.Empty(_enrollment.Samples);
    }

    void See(HeadPose pose, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            _enrollment.See(Verdict(pose), faces: 1, Sample);
        }
    }

    EnrollmentSample? Sample() => new(new Embedding(new ModelId("made@111111111111"), [1, 0]), ++_quality, _time.GetUtcNow());

    static FrameVerdict Verdict(HeadPose pose, AccessDecision? decision = null, float pixels = 120) => new(
        new FaceBox(100, 100, 300, 300, 0.99f), new FaceQuality(pixels, pose, Sharpness: 0.1f, Brightness: 128, Clipped: 0), new PadReading(1, 1, 0, 1), null,
        decision ?? AccessDecision.Deny(DenyReason.Unknown, 0, 0.5f));
}

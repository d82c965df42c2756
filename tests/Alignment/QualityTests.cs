using EdgeFace.Alignment;
using EdgeFace.Capture;
using Xunit;

namespace EdgeFace.Tests.Alignment;

public sealed class QualityTests
{
    static readonly FaceQuality Good = new(60, new HeadPose(0, 0, 170), 0.3f, 120, 0);

    [Fact]
    public async Task Sharpness_falls_with_every_step_of_blur()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var face = recognizer.Locate(frame)[0];
            var eyes = face.Face.Five.InterEyeDistance;
            var last = float.PositiveInfinity;
            foreach (var share in new[] { 0, 0.02, 0.04, 0.08, 0.16 })
            {
                using var blurred = Cast.Blurred(frame, share * eyes);
                var sharpness = recognizer.Quality.Measure(blurred, face.Face, face.Chip).Sharpness;
                Assert.True(sharpness < last, $"{still} blurred by {share}: {sharpness}, before {last}");
                last = sharpness;
            }

            Assert.Equal(QualityIssue.Blurred, new QualityLimits().Check(Good with { Sharpness = last })?.Issue);
        }
    }

    [Fact]
    public async Task Brightness_follows_the_light_and_sharpness_does_not()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var frame = await Cast.StillAsync("cage.jpg");
        var face = recognizer.Locate(frame)[0];
        using var dimmed = Frame.Allocate(frame.Width, frame.Height);
        for (var i = 0; i < frame.Pixels.Length; i++) dimmed.Pixels[i] = (byte)(frame.Pixels[i] / 2);

        var (bright, dark) = (face.Quality, recognizer.Quality.Measure(dimmed, face.Face, face.Chip));

        Assert.Equal(bright.Brightness / 2, dark.Brightness, 1f);
        Assert.Equal(bright.Sharpness, dark.Sharpness, bright.Sharpness * 0.1f);
        Assert.Equal(bright.Pose, dark.Pose);
    }

    [Theory]
    [InlineData(0, 0f, 1f)]
    [InlineData(128, 128f, 0f)]
    [InlineData(255, 255f, 1f)]
    public async Task A_picture_of_one_grey_has_no_sharpness(byte grey, float brightness, float clipped)
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var frame = await Cast.StillAsync("cage.jpg");
        var face = recognizer.Locate(frame)[0];
        frame.Pixels.Fill(grey);

        var quality = recognizer.Quality.Measure(frame, face.Face, face.Chip);

        Assert.Equal(brightness, quality.Brightness, 1e-2f);
        Assert.Equal(clipped, quality.Clipped);
        Assert.Equal(0, quality.Sharpness, 1e-6f);
    }

    [Fact]
    public void Each_limit_is_kept_at_its_value_and_missed_just_beyond()
    {
        var limits = new QualityLimits();
        (FaceQuality Kept, FaceQuality Missed, QualityIssue Issue, string Said)[] cases =
        [
            (Eyes(20), Eyes(19.9f), QualityIssue.TooSmall, "come closer"),
            (Turned(45, 0), Turned(45.1f, 0), QualityIssue.Turned, "look into the camera"),
            (Turned(-45, 0), Turned(-45.1f, 0), QualityIssue.Turned, "look into the camera"),
            (Turned(0, 40), Turned(0, 40.1f), QualityIssue.Turned, "look into the camera"),
            (Turned(0, -40), Turned(0, -40.1f), QualityIssue.Turned, "look into the camera"),
            (Good with { Sharpness = 0.01f }, Good with { Sharpness = 0.009f }, QualityIssue.Blurred, "hold still"),
            (Good with { Brightness = 25 }, Good with { Brightness = 24 }, QualityIssue.TooDark, "add light"),
            (Good with { Brightness = 240 }, Good with { Brightness = 241 }, QualityIssue.TooBright, "turn away from the light"),
        ];
        Assert.Null(limits.Check(Good));
        Assert.All(cases, one =>
        {
            Assert.Null(limits.Check(one.Kept));
            Assert.Equal(one.Issue, limits.Check(one.Missed)?.Issue);
            Assert.Contains(one.Said, limits.Check(one.Missed).ToString());
        });
    }

    [Fact]
    public void A_value_that_is_no_number_misses_every_limit_and_is_worth_nothing()
    {
        FaceQuality[] unknown =
        [
            Eyes(float.NaN), Turned(float.NaN, 0), Turned(0, float.NaN), Good with { Sharpness = float.NaN },
            Good with { Brightness = float.NaN },
        ];

        Assert.All(unknown, quality =>
        {
            Assert.NotNull(new QualityLimits().Check(quality));
            Assert.NotNull(QualityLimits.Enrollment.Check(quality));
            Assert.Equal(0, QualityScore.Of(quality));
        });
        Assert.Contains("not measured", default(QualityShortfall).ToString());
    }

    [Fact]
    public void Enrollment_asks_for_more_than_a_passing_probe()
    {
        var (probe, enrollment) = (new QualityLimits(), QualityLimits.Enrollment);

        Assert.True(enrollment.InterEyePixelsMin > probe.InterEyePixelsMin);
        Assert.True(enrollment.YawMax < probe.YawMax && enrollment.PitchMax < probe.PitchMax);
        Assert.True(enrollment.SharpnessMin > probe.SharpnessMin);
        Assert.True(enrollment.BrightnessMin > probe.BrightnessMin && enrollment.BrightnessMax < probe.BrightnessMax);
    }

    static FaceQuality Eyes(float pixels) => Good with { InterEyePixels = pixels };

    static FaceQuality Turned(float yaw, float pitch) => Good with { Pose = new HeadPose(yaw, pitch, 0) };
}

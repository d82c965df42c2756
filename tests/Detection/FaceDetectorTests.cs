using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Tests.Evaluation;
using Xunit;

namespace EdgeFace.Tests.Detection;

public sealed class FaceDetectorTests
{
    [Fact]
    public async Task The_face_of_every_still_is_found_around_its_eyes()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var face = Assert.Single(recognizer.Locate(frame)).Face;

            var (box, five) = (face.Box, face.Five);
            Assert.InRange(five.InterEyeDistance / box.Width, 0.3, 0.65);
            Assert.All([five.LeftEye, five.RightEye, five.Nose, five.MouthLeft, five.MouthRight], point => Assert.True(
                point.X > box.Left && point.X < box.Right && point.Y > box.Top && point.Y < box.Bottom, still));
            Assert.True(five.LeftEye.X < five.RightEye.X && five.LeftEye.Y < five.MouthLeft.Y, still);
        }
    }

    [Theory]
    [InlineData("ultraface-rfb320", 320, 240)]
    [InlineData("ultraface-rfb320", 1920, 1080)]
    [InlineData("ultraface-rfb320", 600, 900)]
    [InlineData("ultraface-rfb320", 1201, 401)]
    [InlineData("yunet-n", 1920, 1080)]
    [InlineData("yunet-n", 600, 900)]
    [InlineData("scrfd-500m-kps", 1920, 1080)]
    [InlineData("scrfd-500m-kps", 600, 900)]
    [InlineData("scrfd-500m-kps", 320, 240)]
    public async Task A_face_is_found_where_it_was_put_at_any_size_and_shape(string id, int width, int height)
    {
        using var detector = await DetectorAsync(id);
        using var byDefault = await DetectorAsync("ultraface-rfb320");
        using var still = await Cast.StillAsync("cage.jpg");
        var own = Only(byDefault, still);
        var wide = Math.Min(width, height * still.Width / still.Height) * 2 / 3;
        var at = new Vector2(width - wide - 5, height - wide * still.Height / still.Width - 3);
        using var frame = Cast.On(width, height, (still, wide, at));

        var found = Only(detector, frame);

        var scale = (float)wide / still.Width;
        var expected = new FaceBox(
            own.Box.Left * scale + at.X, own.Box.Top * scale + at.Y, own.Box.Right * scale + at.X, own.Box.Bottom * scale + at.Y, 1);
        Assert.InRange(found.Box.IntersectionOverUnion(expected), 0.6, 1);
        if (found.Five is { } five)
        {
            Assert.InRange(five.InterEyeDistance / found.Box.Width, 0.3, 0.65);
            Assert.InRange(five.Nose.X, five.LeftEye.X, five.RightEye.X);
            Assert.True(five.Nose.Y > five.LeftEye.Y && five.MouthLeft.Y > five.Nose.Y);
        }
    }

    [Theory]
    [InlineData("yunet-n")]
    [InlineData("scrfd-500m-kps")]
    public async Task A_detector_that_was_brought_along_finds_the_same_faces(string id)
    {
        using var own = await DetectorAsync(id);
        using var byDefault = await DetectorAsync("ultraface-rfb320");
        foreach (var name in Cast.Stills)
        {
            using var still = await Cast.StillAsync(name);
            // A face that fills the picture is not what these detectors were made for.
            using var frame = Cast.On(640, 480, (still, 240, new Vector2(200, 60)));
            Assert.InRange(Only(own, frame).Box.IntersectionOverUnion(Only(byDefault, frame).Box), 0.55, 1);
        }
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1, 1)]
    [InlineData(3, 2000)]
    public async Task A_black_frame_has_no_face(int width, int height)
    {
        using var detector = await DetectorAsync("ultraface-rfb320");
        using var frame = Frame.Allocate(width, height);
        frame.Pixels.Clear();

        Assert.Equal(0, detector.Detect(frame, new FaceCandidate[8]));
    }

    [Fact]
    public async Task A_card_of_another_kind_is_refused()
    {
        var models = await Downloads.ModelsAsync();

        var fault = Assert.Throws<ModelException>(() => FaceDetector.Load(Cast.Catalog["mobilefacenet-512"], models));

        Assert.Equal(ModelFault.BadCard, fault.Fault);
        Assert.Contains("Embedding", fault.Message);
    }

    static FaceCandidate Only(FaceDetector detector, Frame frame)
    {
        var faces = new FaceCandidate[8];
        Assert.Equal(1, detector.Detect(frame, faces));
        return faces[0];
    }

    static async Task<FaceDetector> DetectorAsync(string id)
    {
        var models = await Downloads.ModelsAsync();
        var card = Cast.Catalog[id];
        if (card.Source.Package is not null) return FaceDetector.Load(card, models);

        var folder = Path.Combine(SharedData.Folder, "..", "models");
        Needs.SkipOrFail("shared", File.Exists(Path.Combine(folder, card.File)));
        return FaceDetector.Load(card, folder);
    }
}

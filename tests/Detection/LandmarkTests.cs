using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Detection;

public sealed class LandmarkTests
{
    [Fact]
    public void The_mirror_image_of_the_mirror_image_is_the_point_itself()
    {
        var all = Enumerable.Range(0, Landmarks68.Count).ToArray();

        Assert.Equal(all, all.Select(point => Landmarks68.MirrorOf(Landmarks68.MirrorOf(point))));
        Assert.Equal(all, all.Select(Landmarks68.MirrorOf).Order());
        Assert.Equal(
            [8, 27, 28, 29, 30, 33, 51, 57, 62, 66], all.Where(point => Landmarks68.MirrorOf(point) == point));
    }

    [Fact]
    public async Task A_face_that_looks_straight_is_its_own_mirror_image()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var face = recognizer.Locate(frame)[0];
            if (Math.Abs(face.Quality.Pose.Yaw) > 10) continue;

            // Left of the line from the bridge of the nose to the chin, the twin lies right of it.
            var (points, chin) = (face.Face.Points, face.Face.Points[8]);
            var down = chin - points[27];
            for (var i = 0; i < Landmarks68.Count; i++)
            {
                var twin = Landmarks68.MirrorOf(i);
                if (twin <= i) continue;
                Assert.True(Cross(down, points[i] - chin) * Cross(down, points[twin] - chin) < 0, $"{still}: {i} and {twin}");
            }
        }
    }

    [Fact]
    public void The_five_points_are_eyes_nose_and_mouth_corners()
    {
        var points = default(Landmarks68);
        for (var i = 0; i < Landmarks68.Count; i++) points[i] = new Vector2(i, 2 * i);

        var five = points.Five;

        Assert.Equal(new Vector2(39, 78), five.LeftEye); // of 37, 38, 40, 41
        Assert.Equal(new Vector2(45, 90), five.RightEye); // of 43, 44, 46, 47
        Assert.Equal(new Vector2(30, 60), five.Nose);
        Assert.Equal(new Vector2(54, 108), five.MouthLeft); // of 48, 60
        Assert.Equal(new Vector2(59, 118), five.MouthRight); // of 54, 64
        Assert.Equal(new FaceBox(0, 0, 67, 134, 0.5f), points.Bounds(0.5f));
    }

    [Fact]
    public async Task A_mirrored_picture_has_mirrored_points()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            using var mirrored = Cast.Mirrored(frame);
            var box = recognizer.Locate(frame)[0].Face.Box;
            var turned = box with { Left = frame.Width - box.Right, Right = frame.Width - box.Left };

            var face = recognizer.Landmarks.Locate(frame, new FaceCandidate(box, null));
            var other = recognizer.Landmarks.Locate(mirrored, new FaceCandidate(turned, null));

            var apart = Enumerable.Range(0, Landmarks68.Count).Average(i => Vector2.Distance(
                face.Points[i], new Vector2(frame.Width, 0) + other.Points[Landmarks68.MirrorOf(i)] * new Vector2(-1, 1)));
            Assert.True(apart < 0.01 * box.Height, $"{still}: {apart / box.Height:P2} of the face");
        }
    }

    [Fact]
    public async Task A_box_that_missed_by_a_sixth_of_the_face_gives_nearly_the_same_points()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var good = recognizer.Locate(frame)[0].Face;
            foreach (var down in new[] { -0.15f, 0.15f })
            {
                var shift = down * good.Box.Height;
                var missed = good.Box with { Top = good.Box.Top + shift, Bottom = good.Box.Bottom + shift };

                var face = recognizer.Landmarks.Locate(frame, new FaceCandidate(missed, null));

                var apart = Enumerable.Range(0, Landmarks68.Count)
                    .Average(i => Vector2.Distance(face.Points[i], good.Points[i]));
                Assert.True(apart < 0.06 * good.Box.Height, $"{still}, {down}: {apart / good.Box.Height:P1} of the face");
            }
        }
    }

    [Fact]
    public async Task A_well_seen_face_agrees_with_its_mirror_image_and_costs_two_passes()
    {
        using var recognizer = await Cast.RecognizerAsync();
        using var frame = await Cast.StillAsync("franck_02045.jpg");
        var face = recognizer.Locate(frame)[0].Face;
        Assert.InRange(face.MirrorError, 0, 0.03);

        using var noise = Frame.Allocate(320, 240);
        new Random(2).NextBytes(noise.Pixels);
        var nobody = recognizer.Landmarks.Locate(noise, new FaceCandidate(new FaceBox(80, 60, 200, 180, 1), null));

        Assert.True(nobody.MirrorError > 2 * face.MirrorError, $"{nobody.MirrorError} and {face.MirrorError}");
        Assert.Equal(16, recognizer.Landmarks.LastPasses);
    }

    [Fact]
    public void A_model_that_gives_no_numbers_gives_points_that_miss_every_limit()
    {
        using var folder = new ScratchFolder();
        var model = TinyOnnx.Constant(new("x", [1, 1, 16, 16]), TinyTensor.Filled("y", float.NaN, 1, 136));
        var card = TinyOnnx.Install(
            folder, model, ModelKind.Landmarks68, new ModelInput(16, 16, ColourOrder.Grey, [0], [1]));
        using var landmarks = LandmarkDetector.Load(card, folder.Path);
        using var frame = Frame.Allocate(64, 64);

        var face = landmarks.Locate(frame, new FaceCandidate(new FaceBox(8, 8, 40, 40, 1), null));

        Assert.True(float.IsNaN(face.Five.InterEyeDistance));
        Assert.True(float.IsNaN(face.MirrorError));
    }

    static float Cross(Vector2 a, Vector2 b) => a.X * b.Y - a.Y * b.X;
}

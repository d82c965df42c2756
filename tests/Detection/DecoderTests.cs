using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Detection;

/// <summary>Each decoder reads a model that always gives the same, written down by hand.</summary>
public sealed class DecoderTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void Ultraface_gives_corners_as_shares_of_the_input()
    {
        // 64 x 32 at strides 8, 16, 32 and 64: 8*4*3 + 4*2*2 + 2*1*2 + 1*1*3.
        const int Rows = 96 + 16 + 4 + 3;
        var (scores, boxes) = (TinyTensor.Filled("scores", 0, 1, Rows, 2), TinyTensor.Filled("boxes", 0, 1, Rows, 4));
        Set(scores, 7 * 2, 0.1f, 0.9f);
        Set(boxes, 7 * 4, 0.25f, 0.5f, 0.5f, 1);
        Set(scores, (Rows - 1) * 2, 0.3f, 0.7f);
        Set(boxes, (Rows - 1) * 4, 0, 0, 0.125f, 0.25f);
        Set(scores, 9 * 2, 0, float.NaN);

        var faces = Detect(ModelKind.Ultraface, InputFit.Stretch, 64, 32, scores, boxes);

        // The frame is 128 x 128: twice the input's width and four times its height.
        Assert.Equal([new(32, 64, 64, 128, 0.9f), new(0, 0, 16, 32, 0.7f)], faces.Select(face => face.Box));
        Assert.All(faces, face => Assert.Null(face.Five));
    }

    [Fact]
    public void Yunet_gives_centre_size_and_points_from_the_cells_corner()
    {
        var outputs = Maps(("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10));
        Set(outputs["cls_16"], 3, 0.81f);
        Set(outputs["obj_16"], 3, 1.5f); // over 1 counts as 1: the score is a root of probabilities
        Set(outputs["bbox_16"], 3 * 4, 0.5f, 0.25f, MathF.Log(2), MathF.Log(0.5f));
        Set(outputs["kps_16"], 3 * 10, 0, 0, 1, 0, 0.5f, 0.5f, 0, 1, 1, 1);
        Set(outputs["cls_8"], 0, 0.5f);
        Set(outputs["obj_8"], 0, 0.5f); // 0.5 is under the limit of 0.6

        var face = Assert.Single(Detect(ModelKind.Yunet, InputFit.Letterbox, 32, 32, [.. outputs.Values]));

        // Cell 3 of 2 x 2 begins at 16, 16; its centre is 24, 20, its size 32 x 8. The frame is four times the input.
        Assert.Equal(0.9f, face.Box.Score, 1e-5f);
        Near(new Vector2(8, 16) * 4, new Vector2(face.Box.Left, face.Box.Top));
        Near(new Vector2(40, 24) * 4, new Vector2(face.Box.Right, face.Box.Bottom));
        var five = face.Five ?? default;
        Near(new(64, 64), five.LeftEye);
        Near(new(128, 64), five.RightEye);
        Near(new(96, 96), five.Nose);
        Near(new(64, 128), five.MouthLeft);
        Near(new(128, 128), five.MouthRight);
    }

    [Fact]
    public void Scrfd_gives_distances_in_strides_for_two_anchors_a_cell()
    {
        int[] strides = [8, 16, 32];
        int Rows(int stride) => 32 / stride * (32 / stride) * 2;
        TinyTensor[] outputs =
        [
            .. strides.Select(stride => TinyTensor.Filled($"s{stride}", 0, Rows(stride), 1)),
            .. strides.Select(stride => TinyTensor.Filled($"b{stride}", 0, Rows(stride), 4)),
            .. strides.Select(stride => TinyTensor.Filled($"k{stride}", 0, Rows(stride), 10)),
        ];
        Set(outputs[0], 11, 0.75f); // the second anchor of cell 5: column 1, row 1 of 4 x 4
        Set(outputs[3], 11 * 4, 1, 0.5f, 2, 1);
        Set(outputs[6], 11 * 10, 0, 0, 1, 0, 0.5f, 0.5f, 0, 1, 1, 1);
        Set(outputs[1], 0, float.NaN);

        var face = Assert.Single(Detect(ModelKind.Scrfd, InputFit.Letterbox, 32, 32, outputs));

        Assert.Equal(new FaceBox(0, 16, 96, 64, 0.75f), face.Box);
        Near(new(64, 32), face.Five?.RightEye ?? default);
        Near(new(64, 64), face.Five?.MouthRight ?? default);
    }

    [Theory]
    [InlineData(ModelKind.Ultraface, "scores of 61 x 2")]
    [InlineData(ModelKind.Yunet, "cls_8 of 16 x 1")]
    [InlineData(ModelKind.Scrfd, "32 x 1")]
    public void A_model_of_another_family_is_refused_with_what_was_expected(ModelKind kind, string expected)
    {
        var fault = Assert.Throws<ModelException>(() =>
            Detect(kind, InputFit.Stretch, 32, 32, TinyTensor.Filled("y", 0, 1, 2)));

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.Contains(expected, fault.Message);
    }

    [Fact]
    public void More_faces_than_asked_for_leave_the_best()
    {
        var scores = TinyTensor.Filled("scores", 0.65f, 1, 119, 2);
        var boxes = TinyTensor.Filled("boxes", 0, 1, 119, 4);
        for (var row = 0; row < 119; row++)
        {
            Set(scores, row * 2 + 1, 0.6f + row / 1000f);
            Set(boxes, row * 4, row / 119f, 0, (row + 0.9f) / 119f, 1);
        }

        var faces = Detect(ModelKind.Ultraface, InputFit.Stretch, 64, 32, scores, boxes);

        Assert.Equal(64, faces.Length);
        Assert.Equal(0.718f, faces[0].Box.Score, 1e-5f);
        Assert.Equal(faces.OrderByDescending(face => face.Box.Score), faces);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Looks at a frame of 128 x 128.</summary>
    FaceCandidate[] Detect(ModelKind kind, InputFit fit, int width, int height, params TinyTensor[] outputs)
    {
        var input = new ModelInput(width, height, ColourOrder.Bgr, [0], [1], fit);
        var model = TinyOnnx.Constant(new TinyTensor("x", [1, 3, height, width]), outputs);
        using var detector = FaceDetector.Load(TinyOnnx.Install(_folder, model, kind, input), _folder.Path);
        using var frame = Frame.Allocate(128, 128);
        var faces = new FaceCandidate[100];
        return faces[..detector.Detect(frame, faces)];
    }

    static Dictionary<string, TinyTensor> Maps(params (string Name, int Columns)[] maps) => (
        from map in maps
        from stride in new[] { 8, 16, 32 }
        let rows = 32 / stride * (32 / stride)
        select TinyTensor.Filled($"{map.Name}_{stride}", 0, 1, rows, map.Columns)).ToDictionary(one => one.Name);

    static void Set(TinyTensor tensor, int at, params float[] values) => values.CopyTo(tensor.Values.AsSpan(at));

    static void Near(Vector2 expected, Vector2 actual) =>
        Assert.True(Vector2.Distance(expected, actual) < 1e-3f, $"{actual}, expected {expected}");
}

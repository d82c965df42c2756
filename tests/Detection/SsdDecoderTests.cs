using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Detection;

/// <summary>Models that always give the same rows of seven, written down by hand, before a frame of 200 x 100.</summary>
public sealed class SsdDecoderTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void A_row_is_image_label_score_and_corners_as_shares_of_the_picture()
    {
        var faces = Detect(InputFit.Stretch, [[0, 1, 0.9f, 0.25f, 0.5f, 0.5f, 0.75f], [0, 1, 0.7f, 0.75f, 0, 1, 0.25f]]);

        Assert.Equal([new(50, 50, 100, 75, 0.9f), new(150, 0, 200, 25, 0.7f)], faces.Select(face => face.Box));
        Assert.All(faces, face => Assert.Null(face.Five));
    }

    [Fact]
    public void In_a_letterbox_both_sides_are_shares_of_the_input()
    {
        // The input is square, the frame twice as wide as high: one scale, 200 / 32, for both.
        var face = Assert.Single(Detect(InputFit.Letterbox, [[0, 1, 0.9f, 0.25f, 0.125f, 0.5f, 0.375f]]));

        Assert.Equal(new FaceBox(50, 25, 100, 75, 0.9f), face.Box);
    }

    [Fact]
    public void A_negative_image_ends_the_list_whatever_stands_behind_it() => Assert.Equal(
        [0.9f],
        Detect(InputFit.Stretch, [[0, 1, 0.9f, 0, 0, 0.25f, 0.5f], [-1, 0, 0, 0, 0, 0, 0], [0, 1, 0.99f, 0.5f, 0, 1, 0.5f]])
            .Select(face => face.Box.Score));

    [Fact]
    public void Rows_that_are_no_face_are_passed_over_and_end_nothing()
    {
        float[][] rows =
        [
            [0, 2, 0.99f, 0.5f, 0.5f, 0.75f, 1], // another class
            [1, 1, 0.98f, 0.5f, 0.5f, 0.75f, 1], // another picture of a batch
            [float.NaN, 1, 0.97f, 0.5f, 0.5f, 0.75f, 1],
            [0, 1, float.NaN, 0.5f, 0.5f, 0.75f, 1],
            [0, 1, 0.96f, float.NaN, 0.5f, 0.75f, 1],
            [0, 1, 0.95f, 0.75f, 0.5f, 0.5f, 1], // encloses nothing
            [0, 1, 0.59f, 0.5f, 0.5f, 0.75f, 1], // under the limit of 0.6
            [0, 1, 0.61f, 0, 0, 0.25f, 0.5f],
        ];

        Assert.Equal(new FaceBox(0, 0, 50, 50, 0.61f), Assert.Single(Detect(InputFit.Stretch, rows)).Box);
    }

    [Fact]
    public void A_box_over_the_edge_is_cut_there() => Assert.Equal(
        [new FaceBox(0, 0, 50, 50, 1), new(150, 50, 200, 100, 0.8f)],
        Detect(InputFit.Stretch, [[0, 1, 1.5f, -0.25f, -3, 0.25f, 0.5f], [0, 1, 0.8f, 0.75f, 0.5f, 1.25f, float.PositiveInfinity]])
            .Select(face => face.Box));

    [Fact]
    public void A_card_may_name_another_label() => Assert.Single(
        Detect(InputFit.Stretch, [[0, 0, 0.9f, 0, 0, 0.5f, 1], [0, 1, 0.95f, 0.5f, 0, 1, 1]], card => card with { FaceLabel = 0 }));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void There_may_be_any_number_of_rows(int rows)
    {
        // Side by side in the left half; what does not fit the picture's pixels is one face with its neighbour.
        float[][] all = [.. Enumerable.Range(0, rows).Select(i => (float[])
            [0, 1, 0.7f + i / 1000f, (float)i / rows, 0, (i + 0.9f) / rows, 1])];

        Assert.Equal(Math.Min(rows, 64), Detect(InputFit.Stretch, all).Length);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(3000, 1)] // more than anybody needs: the rest is left out
    public void The_number_of_rows_may_be_free(int rows, int faces)
    {
        // Each row is the same; there are as many as the input has lines, which its model leaves open.
        float[] row = [0, 1, 0.9f, 0.25f, 0.5f, 0.5f, 0.75f];
        var model = TinyOnnx.Graph(
            [new("x", [1, 1, -1, 7])], [new("y", [1, 1, -1, 7])],
            [new("Shape", "shape", "x"), new("Expand", "y", "row", "shape")], [new("row", [1, 1, 1, 7], row)]);
        var input = new ModelInput(7, rows, ColourOrder.Grey, [0], [1]);
        using var detector = FaceDetector.Load(TinyOnnx.Install(_folder, model, ModelKind.Ssd, input), _folder.Path);
        using var frame = Frame.Allocate(200, 100);
        var found = new FaceCandidate[10];

        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(faces, detector.Detect(frame, found));
            Assert.InRange(found[0].Box.Left, 49.99f, 50.01f);
        }
    }

    [Theory]
    [InlineData(1, 1, 5, 6)]
    [InlineData(1, 40448)]
    public void A_model_without_the_last_layer_is_refused_with_what_was_expected(params int[] shape)
    {
        var fault = Assert.Throws<ModelException>(() => Load(TinyTensor.Filled("y", 0, shape), InputFit.Stretch, card => card));

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.Contains("N x 7", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("face-detection-adas-0001", 672, 384)]
    [InlineData("face-detection-retail-0004", 300, 300)]
    public void The_shipped_templates_take_a_model_of_their_shape(string id, int width, int height)
    {
        var template = ModelCatalog.ReadCard(Downloads.Profile(Path.Combine("cards", $"{id}.json")));
        var model = TinyOnnx.Constant(new("x", [1, 3, height, width]), Rows([[0, 1, 0.9f, 0, 0, 0.5f, 0.5f], [-1, 0, 0, 0, 0, 0, 0]]));
        var card = TinyOnnx.Install(_folder, model, template.Kind, template.Input, id);

        Assert.True(template.IsTemplate);
        Assert.Equal(ColourOrder.Bgr, template.Input.Colour);
        using var detector = FaceDetector.Load(card, _folder.Path);
        using var frame = Frame.Allocate(200, 100);
        var found = new FaceCandidate[4];
        Assert.Equal(1, detector.Detect(frame, found));
        Assert.Equal(100, found[0].Box.Right, 1e-3f);
    }

    public void Dispose() => _folder.Dispose();

    FaceCandidate[] Detect(InputFit fit, float[][] rows, Func<ModelCard, ModelCard>? change = null)
    {
        using var detector = Load(Rows(rows), fit, change ?? (card => card));
        using var frame = Frame.Allocate(200, 100);
        var faces = new FaceCandidate[100];
        return faces[..detector.Detect(frame, faces)];
    }

    FaceDetector Load(TinyTensor output, InputFit fit, Func<ModelCard, ModelCard> change)
    {
        var input = new ModelInput(32, 32, ColourOrder.Bgr, [0], [1], fit);
        var model = TinyOnnx.Constant(new("x", [1, 3, 32, 32]), output);
        return FaceDetector.Load(change(TinyOnnx.Install(_folder, model, ModelKind.Ssd, input)), _folder.Path);
    }

    static TinyTensor Rows(float[][] rows) => new("y", [1, 1, rows.Length, 7], [.. rows.SelectMany(row => row)]);
}

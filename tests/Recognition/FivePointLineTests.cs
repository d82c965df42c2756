using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Recognition;

/// <summary>
/// The line of Open Model Zoo's set with made models of its shapes: the box and the points are always the same, the
/// embedding is the mean colour of the chip.
/// </summary>
public sealed class FivePointLineTests : IDisposable
{
    readonly ScratchFolder _folder = new();

    [Fact]
    public void The_chip_lies_where_the_five_points_fall_on_those_of_the_card()
    {
        using var line = FivePointLine.Load(Catalog(ReferencePoints()), _folder.Path, new RecognitionOptions("fd", "lm", "reid"));
        using var frame = Frame.Allocate(400, 300);

        var face = Assert.Single(line.Find(frame));

        // The points are the card's own in a crop that is the box, 100 x 100 at 100, 50: so is the chip of 128 x 128.
        Assert.Equal(100, face.Box.Left, 1e-3f);
        Assert.Equal(100f / 128, face.Chip.Scale, 1e-3f);
        var corner = System.Numerics.Vector2.Transform(default, face.Chip.ToFrame);
        Assert.Equal(100 - 0.5f * 100 / 128, corner.X, 0.01f); // a card counts from the middle of its first pixel
        Assert.Equal(50 - 0.5f * 100 / 128, corner.Y, 0.01f);
    }

    [Fact]
    public void Faces_of_one_colour_are_alike_and_those_of_another_are_not()
    {
        using var line = FivePointLine.Load(Catalog(ReferencePoints()), _folder.Path, new RecognitionOptions("fd", "lm", "reid"));

        var (red, dark, blue) = (Embed(line, 0, 200), Embed(line, 0, 90), Embed(line, 200, 0));

        Assert.Equal(1, red.SimilarityTo(dark), 1e-4f);
        Assert.True(red.SimilarityTo(blue) < 0.1f);
        Assert.Equal(256, red.Values.Length);
    }

    [Fact]
    public void Two_lines_share_their_models_and_not_their_answers()
    {
        var (catalog, options) = (Catalog(ReferencePoints()), new RecognitionOptions("fd", "lm", "reid"));
        using var sessions = new ModelSessions(_folder.Path);
        using FivePointLine one = FivePointLine.Load(catalog, sessions, options), other = FivePointLine.Load(catalog, sessions, options);

        var (red, blue) = (Embed(one, 0, 200), Embed(other, 200, 0));

        Assert.Equal(3, sessions.All.Count);
        Assert.Same(one.Embedder.Model.Provider, other.Embedder.Model.Provider);
        Assert.True(red.SimilarityTo(blue) < 0.1f);
        Assert.Equal(1, red.SimilarityTo(Embed(one, 0, 90)), 1e-4f);
    }

    [Fact]
    public void A_face_whose_points_are_no_numbers_is_left_out()
    {
        using var line = FivePointLine.Load(
            Catalog([.. Enumerable.Repeat(float.NaN, 10)]), _folder.Path, new RecognitionOptions("fd", "lm", "reid"));
        using var frame = Frame.Allocate(400, 300);

        Assert.Empty(line.Find(frame));
    }

    [Fact]
    public void Without_measured_points_no_rate_can_be_asked_of_it_and_no_door_opens()
    {
        var card = ModelCatalog.ReadCard(Downloads.Profile("cards/face-reidentification-retail-0095.json"));

        Assert.Null(card.Operating);
        var table = new ThresholdTable(card with { Sha256 = new string('0', 64) });
        Assert.Contains("no operating point", Assert.Throws<ThresholdException>(() => table.ForFmr(1e-4)).Message);
        Assert.Contains("no operating point", Assert.Throws<ThresholdException>(() => table.ForSearch(1e-2, 10)).Message);
    }

    [Fact]
    public void A_template_is_no_card_until_it_is_completed()
    {
        var template = ModelCatalog.ReadCard(Downloads.Profile("cards/landmarks-regression-retail-0009.json"));

        var fault = Assert.Throws<ModelException>(() => new ModelCatalog([], []).With(template, "cards/lm.json"));

        Assert.Contains("edgeface models add", fault.Message);
    }

    public void Dispose() => _folder.Dispose();

    static Embedding Embed(FivePointLine line, byte blue, byte red)
    {
        using var frame = Frame.Allocate(400, 300);
        for (var i = 0; i < frame.Pixels.Length; i += 3) (frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2]) = (blue, 0, red);
        return line.Embed(frame, Assert.Single(line.Find(frame)));
    }

    static float[] ReferencePoints() =>
    [
        .. (ModelCatalog.ReadCard(Downloads.Profile("cards/face-reidentification-retail-0095.json")).AlignmentPoints ?? [])
            .SelectMany(point => point).Select(pixel => pixel / 128),
    ];

    ModelCatalog Catalog(float[] points)
    {
        var detector = TinyOnnx.Constant(
            new("x", [1, 3, 384, 672]), new TinyTensor("y", [1, 1, 2, 7], [0, 1, 0.9f, 0.25f, 1 / 6f, 0.5f, 0.5f, -1, 0, 0, 0, 0, 0, 0]));
        var landmarks = TinyOnnx.Constant(new("x", [1, 3, 48, 48]), new TinyTensor("y", [1, 10, 1, 1], points));
        // The mean colour, and then zeros: 256 values in the shape of its pooled picture, 1 x 256 x 1 x 1.
        var embedder = TinyOnnx.Graph(
            [new("x", [1, 3, 128, 128])], [new("y", [1, 256, 1, 1])],
            [new("GlobalAveragePool", "mean", "x"), new("Conv", "y", "mean", "w")],
            [new("w", [256, 3, 1, 1], [.. Enumerable.Range(0, 768).Select(i => i is 0 or 4 or 8 ? 1f : 0)])]);
        return new ModelCatalog(
            [
                TinyOnnx.Install(_folder, detector, ModelKind.Ssd, Template("face-detection-adas-0001").Input, "fd"),
                TinyOnnx.Install(_folder, landmarks, ModelKind.Landmarks5, Template("landmarks-regression-retail-0009").Input with { Crop = 1 }, "lm"),
                TinyOnnx.Install(_folder, embedder, ModelKind.Embedding, Template("face-reidentification-retail-0095").Input, "reid") with
                {
                    Width = 256, AlignmentPoints = Template("face-reidentification-retail-0095").AlignmentPoints,
                },
            ],
            []);
    }

    static ModelCard Template(string id) => ModelCatalog.ReadCard(Downloads.Profile($"cards/{id}.json"));
}

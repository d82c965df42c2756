using System.Numerics.Tensors;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Recognition;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Recognition;

/// <summary>With a made model, whose embedding is the mean colour of its chip: blue, green, red.</summary>
public sealed class EmbedderTests : IDisposable
{
    static readonly Landmarks Five = new(new(120, 90), new(160, 90), new(140, 115), new(125, 135), new(155, 135));

    readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData(112, 112)]
    [InlineData(48, 64)]
    public void An_embedder_of_another_width_and_alignment_works_by_its_card(int width, int height)
    {
        using var embedder = Embedder.Load(MeanColour(width, height), _folder.Path);
        using var frame = Solid(10, 20, 40);
        var embedding = new float[3];

        Assert.Equal(3, embedder.Width);
        Assert.True(embedder.Embed(frame, new FaceAligner(embedder.Model.Card).Align(Five), embedding));

        Assert.Equal(1, TensorPrimitives.Norm<float>(embedding), 1e-5f);
        Assert.Equal(2, embedding[1] / embedding[0], 1e-4f);
        Assert.Equal(4, embedding[2] / embedding[0], 1e-4f);
    }

    [Fact]
    public void With_mirror_fusion_a_picture_and_its_mirror_image_have_one_embedding()
    {
        var card = Cells(mirror: true);
        using var fused = Embedder.Load(card, _folder.Path);
        using var plain = Embedder.Load(card with { Mirror = false }, _folder.Path);
        using var frame = Frame.Allocate(8, 8);
        new Random(4).NextBytes(frame.Pixels);
        using var mirrored = Cast.Mirrored(frame);
        var chip = new FaceChip(System.Numerics.Matrix3x2.Identity);
        var (one, other, half, otherHalf) = (new float[192], new float[192], new float[192], new float[192]);

        Assert.True(fused.Embed(frame, chip, one) && fused.Embed(mirrored, chip, other));
        Assert.True(plain.Embed(frame, chip, half) && plain.Embed(mirrored, chip, otherHalf));

        Assert.Equal(1, TensorPrimitives.Dot<float>(one, other), 1e-5f);
        Assert.True(TensorPrimitives.Dot<float>(half, otherHalf) < 0.95f, "the two pictures differ");
        TensorPrimitives.Add(half, otherHalf, half);
        TensorPrimitives.Divide(half, TensorPrimitives.Norm<float>(half), half);
        Assert.Equal(1, TensorPrimitives.Dot<float>(half, one), 1e-5f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0)]
    public void Numbers_that_are_no_direction_are_told(float value)
    {
        var input = new ModelInput(16, 16, ColourOrder.Bgr, [0], [1]);
        var model = TinyOnnx.Constant(new("x", [1, 3, 16, 16]), TinyTensor.Filled("y", value, 1, 4));
        var card = TinyOnnx.Install(_folder, model, ModelKind.Embedding, input) with { Width = 4 };
        using var frame = Solid(1, 2, 3);
        foreach (var mirror in new[] { false, true })
        {
            using var embedder = Embedder.Load(card with { Mirror = mirror }, _folder.Path);
            Assert.False(embedder.Embed(frame, new FaceChip(System.Numerics.Matrix3x2.Identity), new float[4]));
        }
    }

    [Fact]
    public void Room_for_another_number_of_values_is_refused()
    {
        using var embedder = Embedder.Load(MeanColour(16, 16), _folder.Path);
        using var frame = Solid(1, 2, 3);

        var fault = Assert.Throws<ArgumentException>(() =>
            embedder.Embed(frame, new FaceChip(System.Numerics.Matrix3x2.Identity), new float[4]));

        Assert.Contains("has 3 values, not 4", fault.Message);
    }

    [Fact]
    public void A_card_that_promises_another_width_is_refused()
    {
        var card = MeanColour(16, 16) with { Width = 512 };

        Assert.Equal(
            ModelFault.UnknownShape, Assert.Throws<ModelException>(() => Embedder.Load(card, _folder.Path)).Fault);
    }

    public void Dispose() => _folder.Dispose();

    ModelCard MeanColour(int width, int height) => Embedding(width, height, 3,
        new TinyNode("GlobalAveragePool", "pool", "x"), new TinyNode("Flatten", "y", "pool"));

    /// <summary>Its embedding is the picture itself, 8 x 8 x 3.</summary>
    ModelCard Cells(bool mirror) => Embedding(8, 8, 192, new TinyNode("Flatten", "y", "x")) with { Mirror = mirror };

    ModelCard Embedding(int width, int height, int values, params TinyNode[] nodes)
    {
        var model = TinyOnnx.Graph([new("x", [1, 3, height, width])], [new("y", [1, values])], nodes);
        var input = new ModelInput(width, height, ColourOrder.Bgr, [0], [1]);
        float[][] points = [.. new[] { (0.3f, 0.3f), (0.7f, 0.3f), (0.5f, 0.55f), (0.35f, 0.75f), (0.65f, 0.75f) }
            .Select(point => new[] { point.Item1 * width, point.Item2 * height })];
        return TinyOnnx.Install(_folder, model, ModelKind.Embedding, input) with { Width = values, AlignmentPoints = points };
    }

    static Frame Solid(byte blue, byte green, byte red)
    {
        var frame = Frame.Allocate(320, 240);
        for (var i = 0; i < frame.Pixels.Length; i += 3)
            (frame.Pixels[i], frame.Pixels[i + 1], frame.Pixels[i + 2]) = (blue, green, red);
        return frame;
    }
}

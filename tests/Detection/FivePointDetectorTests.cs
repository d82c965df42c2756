using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;
using EdgeFace.Tests.Inference;
using Xunit;

namespace EdgeFace.Tests.Detection;

/// <summary>A model that always gives the same ten values, before a frame of 200 x 100.</summary>
public sealed class FivePointDetectorTests : IDisposable
{
    static readonly float[] Values = [0.25f, 0.25f, 0.75f, 0.25f, 0.5f, 0.5f, 0.25f, 0.75f, 0.75f, 1];

    readonly ScratchFolder _folder = new();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(1, 10, 1, 1)]
    public void Points_are_shares_of_the_box(params int[] shape)
    {
        var five = Locate(new TinyTensor("y", shape, Values), new FaceBox(20, 20, 60, 100, 1), crop: 1);

        Assert.Equal(new Landmarks(new(30, 40), new(50, 40), new(40, 60), new(30, 80), new(50, 100)), five);
    }

    [Fact]
    public void The_box_is_enlarged_as_the_card_says()
    {
        var five = Locate(new TinyTensor("y", [1, 10], Values), new FaceBox(80, 40, 100, 60, 1), crop: 2);

        // From 70, 30 to 110, 70.
        Assert.Equal(new Vector2(80, 40), five?.LeftEye);
        Assert.Equal(new Vector2(100, 70), five?.MouthRight);
    }

    [Fact]
    public void A_box_over_the_edge_is_read_as_far_as_the_picture_goes()
    {
        var five = Locate(new TinyTensor("y", [1, 10], Values), new FaceBox(-40, -20, 40, 40, 1), crop: 1);

        Assert.Equal(new Vector2(10, 10), five?.LeftEye);
        Assert.Equal(new Vector2(30, 40), five?.MouthRight);
    }

    [Fact]
    public void What_the_model_sees_is_the_crop()
    {
        // Means of its three planes, ten of them by adding nothing to each: blue, green, red are 51, 102 and 0 in the box.
        var model = TinyOnnx.Graph(
            [new("x", [1, 3, 8, 8])], [new("y", [1, 10])],
            [new("GlobalAveragePool", "pool", "x"), new("Flatten", "flat", "pool"), new("MatMul", "y", "flat", "w")],
            [new("w", [3, 10], [.. Enumerable.Repeat(1f, 10), .. Enumerable.Repeat(0f, 10), .. Enumerable.Repeat(0f, 9), 1])]);
        var input = new ModelInput(8, 8, ColourOrder.Bgr, [0], [255]);
        using var detector = FivePointDetector.Load(TinyOnnx.Install(_folder, model, ModelKind.Landmarks5, input), _folder.Path);
        using var frame = Frame.Allocate(200, 100);
        frame.Pixels.Clear();
        for (var y = 40; y < 80; y++)
            for (var x = 100; x < 140; x++) (frame.Pixels[y * 600 + x * 3], frame.Pixels[y * 600 + x * 3 + 2]) = (51, 204);

        // All eyes in one place: it is no face, and said so.
        Assert.Null(detector.Locate(frame, new FaceBox(100, 40, 140, 80, 1)));
        detector.Model.Run();
        Assert.Equal(0.2f, detector.Model.Output(0)[0], 1e-4f);
        Assert.Equal(1f, detector.Model.Output(0)[9], 1e-4f);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Points_that_are_no_numbers_are_no_points(float value) => Assert.Null(
        Locate(new TinyTensor("y", [1, 10], [.. Values[..9], value]), new FaceBox(20, 20, 60, 100, 1), crop: 1));

    [Fact]
    public void A_box_beyond_the_picture_has_no_points() => Assert.Null(
        Locate(new TinyTensor("y", [1, 10], Values), new FaceBox(220, 20, 260, 100, 1), crop: 1));

    [Fact]
    public void Where_68_points_are_needed_five_are_refused_with_the_reason()
    {
        var fault = Assert.Throws<ModelException>(() => LandmarkDetector.Load(
            TinyOnnx.Card([1], "five") with { Kind = ModelKind.Landmarks5 }, _folder.Path));

        Assert.Equal(ModelFault.BadCard, fault.Fault);
        Assert.All(["five points", "68", "enrolment, doors, challenges"], part => Assert.Contains(part, fault.Message));
    }

    public void Dispose() => _folder.Dispose();

    Landmarks? Locate(TinyTensor output, FaceBox box, float crop)
    {
        var input = new ModelInput(48, 48, ColourOrder.Bgr, [0], [1], Crop: crop);
        var model = TinyOnnx.Constant(new("x", [1, 3, 48, 48]), output);
        using var detector = FivePointDetector.Load(TinyOnnx.Install(_folder, model, ModelKind.Landmarks5, input), _folder.Path);
        using var frame = Frame.Allocate(200, 100);
        return detector.Locate(frame, box);
    }
}

using EdgeFace.Inference;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class OnnxModelTests
{
    static readonly ModelInput Input = new(4, 2, ColourOrder.Bgr, [0], [1]);
    static readonly TinyTensor Picture = new("x", [1, 3, 2, 4]);
    static readonly TinyTensor Answer = new("y", [1, 2], [3, 4]);
    static readonly ExpectedOutput Expected = new(null, 1, 2);

    [Fact]
    public void What_goes_in_comes_out_of_the_bound_memory()
    {
        var means = TinyOnnx.Graph(
            [Picture], [new("y", [1, 3])], [new("GlobalAveragePool", "pool", "x"), new("Flatten", "y", "pool")]);
        using var model = Load(means, new ExpectedOutput("y", 1, 3));

        for (var i = 0; i < model.Input.Length; i++) model.Input[i] = i;
        model.Run();

        Assert.Equal([3.5f, 11.5f, 19.5f], model.Output(0));
    }

    [Fact]
    public void A_model_of_free_size_is_run_at_the_size_of_its_card()
    {
        using var model = Load(TinyOnnx.Constant(new("x", [-1, 3, -1, -1]), Answer), Expected);

        Assert.Equal(2 * 3 * 4, model.Input.Length);
        model.Run();
        Assert.Equal([3f, 4f], model.Output(0));
    }

    [Fact]
    public void Outputs_come_in_the_order_in_which_they_were_asked_for()
    {
        var bytes = TinyOnnx.Constant(Picture, new("boxes", [1, 1, 2], [1, 2]), new("scores", [1, 1, 1], [3]));
        using var model = Load(bytes, new("scores", 1, 1), new("boxes", 1, 2));

        model.Run();

        Assert.Equal([3f], model.Output(0));
        Assert.Equal([1f, 2f], model.Output(1));
    }

    [Fact]
    public void Another_input_shape_is_refused_with_both_shapes()
    {
        var fault = Refused(TinyOnnx.Constant(new("x", [1, 3, 4, 2]), Answer), Expected);

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.All(["tiny.onnx", "[1,3,4,2]", "[1,3,2,4]"], part => Assert.Contains(part, fault.Message));
    }

    [Fact]
    public void Another_number_of_planes_is_refused() => Assert.Contains(
        "[1,1,2,4]", Refused(TinyOnnx.Constant(new("x", [1, 1, 2, 4]), Answer), Expected).Message);

    [Fact]
    public void An_input_of_whole_numbers_is_refused()
    {
        var fault = Refused(TinyOnnx.Constant(Picture with { Type = 6 }, Answer), Expected);

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.All(["Int32", "Single"], part => Assert.Contains(part, fault.Message));
    }

    [Fact]
    public void Two_inputs_are_refused()
    {
        var two = TinyOnnx.Graph([Picture, Picture with { Name = "z" }], [new("y", [1, 3, 2, 4])], [new("Add", "y", "x", "z")]);

        var fault = Refused(two, Expected);

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.Contains("2 inputs", fault.Message);
    }

    [Fact]
    public void A_missing_output_is_named_with_those_there_are()
    {
        var bytes = TinyOnnx.Constant(Picture, Answer);

        var byName = Refused(bytes, new ExpectedOutput("scores", 1, 2));
        var byNumber = Refused(bytes, Expected, Expected);

        Assert.Equal((ModelFault.UnknownShape, ModelFault.UnknownShape), (byName.Fault, byNumber.Fault));
        Assert.Contains("no output for scores of 1 x 2; it has y", byName.Message);
        Assert.Contains("no output for an output of 1 x 2; it has y", byNumber.Message);
    }

    [Fact]
    public void Another_output_shape_is_refused_with_what_was_expected()
    {
        var fault = Refused(TinyOnnx.Constant(Picture, Answer), new ExpectedOutput(null, 1, 3));

        Assert.Equal(ModelFault.UnknownShape, fault.Fault);
        Assert.All(["y", "[1,2]", "1 x 3", "Pose"], part => Assert.Contains(part, fault.Message));
    }

    [Fact]
    public void A_model_of_the_future_is_unusable()
    {
        var future = TinyOnnx.Graph([Picture], [new("y", [1, 3, 2, 4])], [new("Identity", "y", "x")], opset: 9999);

        var fault = Refused(future, new ExpectedOutput(null, 3, 8));

        Assert.Equal(ModelFault.Unusable, fault.Fault);
        Assert.Contains("tiny.onnx is not a model that this ONNX Runtime", fault.Message);
    }

    [Fact]
    public void An_operator_that_nobody_knows_is_unusable() => Assert.Equal(ModelFault.Unusable, Refused(
        TinyOnnx.Graph([Picture], [new("y", [1, 2])], [new("Telepathy", "y", "x")]), Expected).Fault);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Garbage_is_unusable(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);

        Assert.Equal(ModelFault.Unusable, Refused(bytes, Expected).Fault);
    }

    static ModelException Refused(byte[] bytes, params ExpectedOutput[] expected) =>
        Assert.Throws<ModelException>(() => Load(bytes, expected).Dispose());

    static OnnxModel Load(byte[] bytes, params ExpectedOutput[] expected) =>
        OnnxModel.Load(TinyOnnx.Card(bytes) with { Input = Input }, bytes, new InferenceOptions(1), expected);
}

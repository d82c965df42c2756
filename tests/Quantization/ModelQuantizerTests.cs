using EdgeFace.Inference;
using EdgeFace.Quantization;
using EdgeFace.Tests.Inference;
using Onnx;
using Xunit;

namespace EdgeFace.Tests.Quantization;

public sealed class ModelQuantizerTests
{
    static readonly QuantizationOptions WholeRange = new(RangeMethod.MinMax);

    [Fact]
    public void An_output_stays_within_what_rounding_of_inputs_weights_and_activations_can_cost()
    {
        var model = TinyNetwork.ConvReluGemm();
        var inputs = TinyNetwork.Inputs(16);
        var quantized = ModelQuantizer.Quantize(model, "tiny", inputs, WholeRange, TestContext.Current.CancellationToken);
        var graph = ModelProto.Parser.ParseFrom(quantized.Model).Graph;

        foreach (var input in inputs)
        {
            var (wanted, got) = (TinyNetwork.Run(model, input), TinyNetwork.Run(quantized.Model, input));
            var bound = Bound(graph, ModelProto.Parser.ParseFrom(model).Graph, input);
            Assert.All(wanted.Index(), one => Assert.InRange(Math.Abs(got[one.Index] - one.Item), 0, bound[one.Index]));
        }
    }

    [Fact]
    public void The_written_graph_has_pairs_about_activations_and_a_scale_for_each_channel_of_weights()
    {
        var quantized = Quantize(TinyNetwork.ConvReluGemm());

        var model = ModelProto.Parser.ParseFrom(quantized.Model);
        Assert.Equal((2, 0), (quantized.Quantised, quantized.NotQuantised));
        Assert.Equal(13, model.OpsetImport.Single().Version);
        // The input, behind the ReLU, flattened, and the output: a ReLU costs nothing when its bytes begin at 0.
        Assert.Equal(4, model.Graph.Node.Count(node => node.OpType == "QuantizeLinear"));
        Assert.Equal(4 + 2 + 2, model.Graph.Node.Count(node => node.OpType == "DequantizeLinear"));
        Assert.Equal(0, Constant(model.Graph, "relu:zero").RawData[0]);
        var (weights, scales) = (Constant(model.Graph, "conv:w"), Constant(model.Graph, "conv:w:scale"));
        Assert.Equal((int)TensorProto.Types.DataType.Int8, weights.DataType);
        Assert.Equal([4L], scales.Dims);
        Assert.Equal(4, OnnxGraph.Floats(scales).Distinct().Count());
        Assert.Equal((int)TensorProto.Types.DataType.Int32, Constant(model.Graph, "conv:b").DataType);
        Assert.Contains(model.Graph.Node, node => node.OpType == "DequantizeLinear" && node.Input[0] == "conv:w"
            && node.Attribute.Single(one => one.Name == "axis").I == 0);
    }

    [Fact]
    public void Seven_bits_of_weights_are_at_most_63()
    {
        var model = ModelProto.Parser.ParseFrom(Quantize(TinyNetwork.ConvReluGemm(), WholeRange with { WeightBits = 7 }).Model);

        Assert.Equal(63, Constant(model.Graph, "conv:w").RawData.Max(one => Math.Abs((sbyte)one)));
    }

    [Fact]
    public void The_same_model_and_inputs_give_the_same_bytes() =>
        Assert.Equal(Quantize(TinyNetwork.ConvPRelu(0.5f)).Model, Quantize(TinyNetwork.ConvPRelu(0.5f)).Model);

    [Fact]
    public void Layers_that_are_kept_stay_in_floating_point()
    {
        Assert.Equal((1, 1), Layers(WholeRange with { FirstFloat = 1 }));
        Assert.Equal((1, 1), Layers(WholeRange with { LastFloat = 1 }));
        Assert.Equal((1, 1), Layers(WholeRange with { Exclude = ["conv"] }));

        static (int, int) Layers(QuantizationOptions options) =>
            Quantize(TinyNetwork.ConvReluGemm(), options) is var made ? (made.Quantised, made.NotQuantised) : default;
    }

    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 1)]
    public void A_PRelu_becomes_two_convolutions_where_its_slopes_are_at_most_1_and_means_the_same(float slope, int left)
    {
        var model = TinyNetwork.ConvPRelu(slope);
        var graph = OnnxGraph.Read(PReluRewrite.Apply(model, steep: false), "tiny");

        ScaleFolding.Apply(graph);

        Assert.Equal(left == 0 ? 3 : 2, graph.Nodes.Count(node => node.OpType == "Conv"));

        Assert.Equal(left, graph.Nodes.Count(node => node.OpType == "PRelu"));
        var input = TinyNetwork.Inputs(1)[0];
        Assert.All(
            TinyNetwork.Run(model, input).Zip(TinyNetwork.Run(graph.Write(), input)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_model_of_an_older_operator_set_is_brought_to_the_one_that_has_scales_for_channels()
    {
        var old = TinyNetwork.ConvReluGemm(opset: 9);

        // Seven bits: with eight, a processor without VNNI lets sums of two products overflow, and what it computes is no measure.
        var quantized = Quantize(old, WholeRange with { WeightBits = 7 });

        Assert.Equal(13, ModelProto.Parser.ParseFrom(quantized.Model).OpsetImport.Single().Version);
        var input = TinyNetwork.Inputs(1)[0];
        Assert.All(
            TinyNetwork.Run(old, input).Zip(TinyNetwork.Run(quantized.Model, input)),
            pair => Assert.Equal(pair.First, pair.Second, 0.5f));
    }

    [Fact]
    public void A_model_that_is_quantised_already_is_refused() =>
        Assert.Contains("quantised already", Refusal(Quantize(TinyNetwork.ConvReluGemm()).Model));

    [Fact]
    public void A_model_with_nothing_to_quantise_is_refused() => Assert.Contains(
        "no convolution", Refusal(TinyOnnx.Graph(
            [new("x", [1, 3, 8, 8])], [new("y", [1, 3, 8, 8])], [new("Relu", "y", "x")])));

    [Fact]
    public void A_damaged_or_foreign_file_is_refused()
    {
        Assert.Contains("not an ONNX model", Refusal([1, 2, 3]));
        Assert.Contains("cannot be quantised", Refusal(TinyNetwork.ConvReluGemm()[..^40]));
        Assert.Contains("weights in another file", Refusal(TinyOnnx.Build(weightsIn: "elsewhere")));
    }

    [Fact]
    public void A_tensor_that_is_no_number_on_the_calibration_inputs_is_refused()
    {
        var inputs = TinyNetwork.Inputs(ModelQuantizer.InputsLeast);
        inputs[3][7] = float.NaN;

        var fault = Assert.Throws<ModelException>(() => ModelQuantizer.Quantize(
            TinyNetwork.ConvReluGemm(), "tiny", inputs, WholeRange, TestContext.Current.CancellationToken));
        Assert.Contains("no finite number", fault.Message);
    }

    [Fact]
    public void Too_few_inputs_are_refused() => Assert.Throws<ArgumentException>(() => ModelQuantizer.Quantize(
        TinyNetwork.ConvReluGemm(), "tiny", TinyNetwork.Inputs(ModelQuantizer.InputsLeast - 1), WholeRange,
        TestContext.Current.CancellationToken));

    static QuantizedModel Quantize(byte[] model, QuantizationOptions? options = null) => ModelQuantizer.Quantize(
        model, "tiny", TinyNetwork.Inputs(16), options ?? WholeRange, TestContext.Current.CancellationToken);

    static string Refusal(byte[] model)
    {
        var fault = Assert.Throws<ModelException>(() => Quantize(model));
        Assert.Equal(ModelFault.Unusable, fault.Fault);
        return fault.Message;
    }

    static TensorProto Constant(GraphProto graph, string name) => graph.Initializer.Single(one => one.Name == name);

    static float Scale(GraphProto graph, string name) => OnnxGraph.Floats(Constant(graph, name))[0];

    /// <summary>
    /// Half a step of every value, carried through the sums: of the input, of the weights of its channel, of the bias, of the
    /// result; then the same through the matrix product. A hair more for the float sums themselves.
    /// </summary>
    static float[] Bound(GraphProto quantized, GraphProto model, float[] input)
    {
        var (w, b) = (OnnxGraph.Floats(Constant(model, "w")), OnnxGraph.Floats(Constant(model, "b")));
        var (gw, ws) = (OnnxGraph.Floats(Constant(model, "gw")), OnnxGraph.Floats(Constant(quantized, "conv:w:scale")));
        var gs = OnnxGraph.Floats(Constant(quantized, "y:w:scale"));
        var (x, r) = (Scale(quantized, "x:scale"), Scale(quantized, "relu:scale"));
        var (value, error) = (new float[144], new float[144]);
        for (var at = 0; at < 144; at++)
        {
            var (channel, row, column) = (at / 36, at / 6 % 6, at % 6);
            (value[at], error[at]) = (b[channel], ws[channel] * x / 2 + r / 2);
            for (var tap = 0; tap < 27; tap++)
            {
                var seen = input[tap / 9 * 64 + (row + tap / 3 % 3) * 8 + column + tap % 3];
                var weight = w[channel * 27 + tap];
                value[at] += weight * seen;
                error[at] += Math.Abs(weight) * x / 2 + (Math.Abs(seen) + x / 2) * ws[channel] / 2;
            }

            value[at] = Math.Max(0, value[at]);
        }

        return [.. Enumerable.Range(0, 5).Select(to => 1e-4f + Scale(quantized, "y:scale") / 2 + gs[to] * r / 2
            + Enumerable.Range(0, 144).Sum(at =>
                Math.Abs(gw[at * 5 + to]) * error[at] + (value[at] + error[at]) * gs[to] / 2))];
    }
}

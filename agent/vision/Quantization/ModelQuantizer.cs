using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Quantization;

/// <summary>A model in 8 bits and what became of its nodes.</summary>
/// <param name="Model">An ONNX model in QDQ form; its inputs and outputs are those of the float model.</param>
/// <param name="Quantised">Convolutions and matrix products in 8 bits.</param>
/// <param name="NotQuantised">Those that stayed in floating point.</param>
public sealed record QuantizedModel(byte[] Model, int Quantised, int NotQuantised);

/// <summary>
/// Static quantisation after training (Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference", CVPR 2018): activations as unsigned bytes with a range learnt from calibration inputs,
/// weights as signed ones with a scale for each channel, sums and biases in 32 bits. The same model and inputs give the same
/// bytes.
/// </summary>
public static class ModelQuantizer
{
    /// <summary>Fewer inputs than this say little about the range of a tensor.</summary>
    public const int InputsLeast = 8;

    /// <param name="model">A float model.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="inputs">What the pipeline gives the model, one array each.</param>
    /// <param name="options">How.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ModelException">
    /// Unusable: no ONNX model, quantised already, without anything to quantise, or of an operator set that is not known here.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of its range, or there are too few inputs.</exception>
    public static QuantizedModel Quantize(
        byte[] model, string name, IReadOnlyList<float[]> inputs, QuantizationOptions options, CancellationToken stop = default)
    {
        OptionsCheck.Ensure(options);
        if (inputs.Count < InputsLeast)
            throw new ArgumentException($"{inputs.Count} calibration inputs; {InputsLeast} is the least.", nameof(inputs));

        _ = OnnxGraph.Read(model, name);
        var simple = GraphSimplifier.Simplify(model, name);
        var folds = options.PRelu is PReluForm.TwoConvolutions;
        var graph = OnnxGraph.Read(folds ? PReluRewrite.Apply(simple, steep: false) : simple, name);
        OpsetUpgrade.To13(graph, name);
        if (folds) ScaleFolding.Apply(graph);

        var plan = QuantizationPlan.Of(graph, options);
        if (plan.Nodes.Count == 0)
            throw OnnxGraph.Refused(name, "it has no convolution or matrix product with constant weights that may be quantised.");

        var seen = Calibration.Watch(graph, name, plan.Tensors, inputs, stop);
        var ranges = seen.ToDictionary(one => one.Key, one => one.Value.Range(options), StringComparer.Ordinal);
        var weighted = graph.Nodes.Count(node => QuantizationPlan.HasWeights(graph, node));
        var inBytes = plan.Nodes.Count(node => QuantizationPlan.HasWeights(graph, node));
        new QdqWriter(graph, plan, ranges, options.WeightBits).Write();
        return new QuantizedModel(graph.Write(), inBytes, weighted - inBytes);
    }
}

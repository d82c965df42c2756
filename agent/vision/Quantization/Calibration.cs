using EdgeFace.Inference;
using Microsoft.ML.OnnxRuntime;
using Onnx;

namespace EdgeFace.Quantization;

/// <summary>
/// Runs a model on real inputs with its inner tensors as outputs, and keeps how their values are spread. Twice: for the
/// bounds, and for the counts within them.
/// </summary>
static class Calibration
{
    /// <param name="model">With the tensors inside.</param>
    /// <param name="name">Of the model, for messages.</param>
    /// <param name="tensors">Those to watch.</param>
    /// <param name="inputs">What the pipeline gave the model, one array each.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ModelException">Unusable: the model does not run on such inputs, or a value is no number.</exception>
    public static Dictionary<string, TensorHistogram> Watch(
        OnnxGraph model, string name, IReadOnlyCollection<string> tensors, IReadOnlyList<float[]> inputs, CancellationToken stop)
    {
        var histograms = tensors.ToDictionary(tensor => tensor, _ => new TensorHistogram(), StringComparer.Ordinal);
        try
        {
            using var settings = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var session = new InferenceSession(WithOutputs(model, tensors), settings);
            foreach (var input in inputs) Run(session, input, (tensor, values) => histograms[tensor].Bound(values), tensors, stop);
            if (histograms.FirstOrDefault(one => !one.Value.IsFinite) is { Key: { } broken })
                throw OnnxGraph.Refused(name, $"on the calibration inputs its tensor {broken} is no finite number.");
            foreach (var input in inputs) Run(session, input, (tensor, values) => histograms[tensor].Count(values), tensors, stop);
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxGraph.Refused(name, $"it does not run on the calibration inputs: {e.Message}", e);
        }

        return histograms;
    }

    delegate void Taker(string tensor, ReadOnlySpan<float> values);

    static void Run(
        InferenceSession session, float[] input, Taker take, IReadOnlyCollection<string> tensors, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (inputName, metadata) = session.InputMetadata.First();
        using var value = OrtValue.CreateTensorValueFromMemory(input, Shape(metadata.Dimensions, input.Length));
        using var run = new RunOptions();
        string[] watched = [.. tensors.Where(tensor => tensor != inputName)];
        if (tensors.Contains(inputName)) take(inputName, input);
        using var results = session.Run(run, [inputName], [value], watched);
        for (var i = 0; i < watched.Length; i++) take(watched[i], results[i].GetTensorDataAsSpan<float>());
    }

    /// <summary>A free first dimension is the batch: one picture.</summary>
    static long[] Shape(int[] dimensions, int length)
    {
        var shape = Array.ConvertAll(dimensions, side => (long)side);
        if (shape.Length > 0 && shape[0] <= 0) shape[0] = 1;
        if (shape.Aggregate(1L, (all, side) => all * side) != length)
            throw new ArgumentException($"An input of {length} values does not fit [{string.Join(",", dimensions)}].");

        return shape;
    }

    static byte[] WithOutputs(OnnxGraph model, IEnumerable<string> tensors)
    {
        var copy = model.Model.Clone();
        foreach (var tensor in tensors)
        {
            if (model.Maker(tensor) is null || model.IsOutput(tensor)) continue;

            copy.Graph.Output.Add(new ValueInfoProto
            {
                Name = tensor,
                Type = new TypeProto
                {
                    TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float },
                },
            });
        }

        return Google.Protobuf.MessageExtensions.ToByteArray(copy);
    }
}

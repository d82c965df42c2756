using EdgeFace.Tests.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Tests.Quantization;

/// <summary>Networks of a few layers with seeded weights, and the running of them.</summary>
static class TinyNetwork
{
    public const int InputLength = 3 * 8 * 8;

    /// <summary>Convolution, ReLU, matrix product: what most face models are made of.</summary>
    public static byte[] ConvReluGemm(int opset = 13) => TinyOnnx.Graph(
        [new("x", [1, 3, 8, 8])], [new("y", [1, 5])],
        [
            new("Conv", "conv", "x", "w", "b"), new("Relu", "relu", "conv"), new("Flatten", "flat", "relu"),
            new("Gemm", "y", "flat", "gw", "gb"),
        ],
        [Seeded("w", 1, 4, 3, 3, 3), Seeded("b", 2, 4), Seeded("gw", 3, 144, 5), Seeded("gb", 4, 5)], opset);

    /// <summary>Two convolutions with a PReLU between, whose slopes are up to the given one.</summary>
    public static byte[] ConvPRelu(float slopeMost)
    {
        var slopes = Seeded("slopes", 5, 4, 1, 1);
        var values = slopes.Values ?? [];
        values[0] = slopeMost;
        return TinyOnnx.Graph(
            [new("x", [1, 3, 8, 8])], [new("y", [1, 2, 4, 4])],
            [new("Conv", "conv", "x", "w", "b"), new("PRelu", "prelu", "conv", "slopes"), new("Conv", "y", "prelu", "w2", "b2")],
            [Seeded("w", 1, 4, 3, 3, 3), Seeded("b", 2, 4), slopes, Seeded("w2", 3, 2, 4, 3, 3), Seeded("b2", 4, 2)]);
    }

    public static List<float[]> Inputs(int count, int seed = 9) =>
        [.. Enumerable.Range(0, count).Select(i => Seeded("x", seed + i, 1, 3, 8, 8).Values ?? [])];

    public static float[] Run(byte[] model, float[] input)
    {
        using var settings = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(model, settings);
        using var value = OrtValue.CreateTensorValueFromMemory(input, [1, 3, 8, 8]);
        using var run = new RunOptions();
        using var results = session.Run(run, ["x"], [value], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>-1..1, the same at every run.</summary>
    static TinyTensor Seeded(string name, int seed, params int[] shape)
    {
        var random = new Random(seed);
        var length = shape.Aggregate(1, (all, side) => all * side);
        return new TinyTensor(name, shape, [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() * 2 - 1)]);
    }
}

using EdgeFace.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Quantization;

/// <summary>
/// Has ONNX Runtime write the graph as it would compute it: batch normalisation folded into the convolution before it,
/// shapes and constants computed. Only what its basic level does, so the operators stay those of ONNX.
/// </summary>
static class GraphSimplifier
{
    /// <exception cref="ModelException">Unusable: ONNX Runtime cannot load it.</exception>
    public static byte[] Simplify(ReadOnlySpan<byte> model, string name)
    {
        var folder = Directory.CreateTempSubdirectory("edgeface-quantize-");
        try
        {
            var file = Path.Combine(folder.FullName, "simplified.onnx");
            using (var settings = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC,
                OptimizedModelFilePath = file,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                IntraOpNumThreads = 1,
            })
            {
                using var session = new InferenceSession(model.ToArray(), settings);
            }

            return File.ReadAllBytes(file);
        }
        catch (OnnxRuntimeException e)
        {
            throw OnnxGraph.Refused(name, $"ONNX Runtime cannot load it: {e.Message}", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

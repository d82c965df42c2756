using System.Numerics.Tensors;
using EdgeFace.Capture;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Quantization;
using EdgeFace.Tests.Quantization;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class PReluRewriteTests
{
    [Theory]
    [InlineData(0.5f)]
    [InlineData(1.5f)]
    public void A_PRelu_is_written_by_other_operators_and_means_the_same(float slope)
    {
        var model = TinyNetwork.ConvPRelu(slope);

        var rewritten = PReluRewrite.Apply(model);

        Assert.DoesNotContain(OnnxGraph.Read(rewritten, "tiny").Nodes, node => node.OpType == "PRelu");
        Assert.Null(OnnxLayout.Fault(rewritten));
        foreach (var input in TinyNetwork.Inputs(5))
        {
            Assert.All(
                TinyNetwork.Run(model, input).Zip(TinyNetwork.Run(rewritten, input)),
                pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void What_is_not_understood_comes_back_as_the_same_bytes()
    {
        byte[] none = TinyNetwork.ConvReluGemm(), nothing = [], text = "no model"u8.ToArray();
        var computed = TinyOnnx.Graph(
            [new("x", [1, 3, 8, 8])], [new("y", [1, 3, 8, 8])],
            [new("Relu", "slopes", "x"), new("PRelu", "y", "x", "slopes")]);
        var old = TinyOnnx.Graph(
            [new("x", [1, 3, 8, 8])], [new("y", [1, 3, 8, 8])], [new("PRelu", "y", "x", "slopes")],
            [TinyTensor.Filled("slopes", 0.1f, 3, 1, 1)], opset: 6);

        Assert.All([none, nothing, text, computed, old], model => Assert.Same(model, PReluRewrite.Apply(model)));
    }

    [Fact]
    public void A_model_that_is_cut_off_anywhere_is_no_fault_here()
    {
        var model = TinyNetwork.ConvPRelu(0.5f);
        for (var length = 0; length < model.Length; length++) Assert.NotNull(PReluRewrite.Apply(model[..length]));
    }

    [Fact]
    public async Task On_real_faces_the_default_pack_gives_the_same_numbers()
    {
        var folder = await Downloads.ModelsAsync();
        using var recognizer = await Cast.RecognizerAsync();
        var live = Cast.Catalog.DefaultOf(ModelKind.Liveness);
        using var embedder = new Both(recognizer.Embedder.Model.Card, folder);
        using var liveness = new Both(live, folder);
        foreach (var still in Cast.Stills)
        {
            using var frame = await Cast.StillAsync(still);
            var face = recognizer.Locate(frame)[0];
            embedder.Compare(frame, face.Chip.ToFrame);
            liveness.Compare(frame, LivenessDetector.Surroundings(frame, face.Box, live.Input));
        }
    }

    /// <summary>A model as it is in its file, and rewritten.</summary>
    sealed class Both : IDisposable
    {
        readonly InferenceSession _file, _rewritten;
        readonly ModelInput _input;
        readonly TensorWriter _writer;

        public Both(ModelCard card, string folder)
        {
            var bytes = ModelFile.Open(card, folder);
            var rewritten = PReluRewrite.Apply(bytes);
            Assert.NotSame(bytes, rewritten);
            using var quiet = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            (_file, _rewritten) = (new InferenceSession(bytes, quiet), new InferenceSession(rewritten, quiet));
            (_input, _writer) = (card.Input, new TensorWriter(card.Input));
        }

        public void Compare(Frame frame, in System.Numerics.Matrix3x2 toFrame)
        {
            var tensor = new float[3 * _input.Height * _input.Width];
            _writer.Write(frame, toFrame, tensor);
            float[] one = Run(_file, tensor), other = Run(_rewritten, tensor);

            Assert.True(TensorPrimitives.CosineSimilarity<float>(one, other) >= 0.99999f);
            var largest = one.Max(MathF.Abs);
            Assert.All(one.Zip(other), pair => Assert.True(MathF.Abs(pair.First - pair.Second) < 1e-4f * largest));
        }

        float[] Run(InferenceSession session, float[] tensor)
        {
            using var value = OrtValue.CreateTensorValueFromMemory(tensor, [1, 3, _input.Height, _input.Width]);
            using var options = new RunOptions();
            using var results = session.Run(options, session.InputNames, [value], session.OutputNames);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }

        public void Dispose()
        {
            _file.Dispose();
            _rewritten.Dispose();
        }
    }
}

using System.Numerics;
using BenchmarkDotNet.Attributes;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Benchmarks;

/// <summary>What a 1920 x 1080 frame with one large face costs to be written as the input of each model.</summary>
public class TensorWriterBenchmarks
{
    readonly Frame _frame = Frame.Allocate(1920, 1080);
    readonly Plane _detector = new(new ModelInput(320, 240, ColourOrder.Rgb, [127], [128]), Matrix3x2.CreateScale(6, 4.5f));
    readonly Plane _landmarks = new(new ModelInput(64, 64, ColourOrder.Grey, [0], [256]), Square(326, 64));
    readonly Plane _liveness = new(new ModelInput(128, 128, ColourOrder.Bgr, [0], [1]), Square(880, 128));
    readonly Plane _embedder = new(new ModelInput(112, 112, ColourOrder.Bgr, [127], [128]), Turned(2.9f));
    readonly Plane _smallFace = new(new ModelInput(112, 112, ColourOrder.Bgr, [127], [128]), Turned(0.8f));
    readonly QualityMeter _meter;
    readonly FaceChip _chip = new(Turned(2.9f));

    public TensorWriterBenchmarks()
    {
        new Random(1).NextBytes(_frame.Pixels);
        _meter = new QualityMeter(Machine.Home().Catalog().DefaultOf(ModelKind.Embedding));
    }

    [Benchmark] public void Detector() => _detector.Write(_frame);

    [Benchmark] public void Landmarks() => _landmarks.Write(_frame);

    [Benchmark] public void Liveness() => _liveness.Write(_frame);

    [Benchmark] public void Embedder() => _embedder.Write(_frame);

    [Benchmark] public void EmbedderOfASmallFace() => _smallFace.Write(_frame);

    [Benchmark] public float Quality() => _meter.Measure(_frame, default, _chip).Sharpness;

    static Matrix3x2 Square(float side, int width) =>
        Matrix3x2.CreateScale(side / width) * Matrix3x2.CreateTranslation(520, 100);

    static Matrix3x2 Turned(float scale) =>
        Matrix3x2.CreateScale(scale) * Matrix3x2.CreateRotation(0.1f) * Matrix3x2.CreateTranslation(700, 300);

    sealed class Plane(ModelInput input, Matrix3x2 toFrame)
    {
        readonly TensorWriter _writer = new(input);
        readonly float[] _tensor = new float[3 * input.Width * input.Height];

        public void Write(Frame frame) => _writer.Write(frame, toFrame, _tensor);
    }
}

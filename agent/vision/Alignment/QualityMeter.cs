using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Alignment;

/// <summary>Measures a face's picture on its chip. One thread at a time.</summary>
public sealed class QualityMeter
{
    const int Side = 64;

    /// <summary>The inner face, from the brows to the chin, of a chip that is one wide.</summary>
    static readonly Matrix3x2 InnerFace = Matrix3x2.CreateScale(0.62f / Side) * Matrix3x2.CreateTranslation(0.19f, 0.32f);

    readonly TensorWriter _writer = new(new ModelInput(Side, Side, ColourOrder.Grey, [0], [1]));
    readonly float[] _luma = new float[Side * Side];
    readonly Matrix3x2 _toChip;

    /// <param name="embedder">Card of the model whose chips are measured.</param>
    public QualityMeter(ModelCard embedder) => _toChip = InnerFace * Matrix3x2.CreateScale(embedder.Input.Width);

    public FaceQuality Measure(Frame frame, in DetectedFace face, in FaceChip chip)
    {
        _writer.Write(frame, _toChip * chip.ToFrame, _luma);
        var mean = TensorPrimitives.Sum<float>(_luma) / _luma.Length;
        var variance = TensorPrimitives.SumOfSquares<float>(_luma) / _luma.Length - mean * mean;
        return new FaceQuality(
            face.Five.InterEyeDistance,
            HeadPose.From(face.Points),
            LaplacianVariance() / Math.Max(variance, 1),
            mean,
            (float)Clipped() / _luma.Length);
    }

    int Clipped()
    {
        var clipped = 0;
        foreach (var luma in _luma) clipped += luma is <= 4 or >= 251 ? 1 : 0;
        return clipped;
    }

    /// <summary>Focus measure of Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000.</summary>
    float LaplacianVariance()
    {
        const int Inner = Side - 2;
        var (sum, squares) = (0f, 0f);
        Span<float> values = stackalloc float[Inner];
        for (var y = 1; y < Side - 1; y++)
        {
            var centre = _luma.AsSpan(y * Side + 1, Inner);
            TensorPrimitives.Multiply(centre, -4, values);
            TensorPrimitives.Add(values, _luma.AsSpan(y * Side, Inner), values);
            TensorPrimitives.Add(values, _luma.AsSpan(y * Side + 2, Inner), values);
            TensorPrimitives.Add(values, _luma.AsSpan((y - 1) * Side + 1, Inner), values);
            TensorPrimitives.Add(values, _luma.AsSpan((y + 1) * Side + 1, Inner), values);
            sum += TensorPrimitives.Sum<float>(values);
            squares += TensorPrimitives.SumOfSquares<float>(values);
        }

        const int Count = Inner * Inner;
        return squares / Count - sum / Count * (sum / Count);
    }
}

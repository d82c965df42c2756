using System.Numerics;
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
        var (sum, squares, clipped) = (0f, 0f, 0);
        foreach (var luma in _luma)
        {
            sum += luma;
            squares += luma * luma;
            if (luma is <= 4 or >= 251) clipped++;
        }

        var mean = sum / _luma.Length;
        var variance = squares / _luma.Length - mean * mean;
        return new FaceQuality(
            face.Five.InterEyeDistance,
            HeadPose.From(face.Points),
            LaplacianVariance() / Math.Max(variance, 1),
            mean,
            (float)clipped / _luma.Length);
    }

    /// <summary>Focus measure of Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000.</summary>
    float LaplacianVariance()
    {
        var (sum, squares) = (0f, 0f);
        for (var y = 1; y < Side - 1; y++)
        {
            for (var x = 1; x < Side - 1; x++)
            {
                var at = y * Side + x;
                var value = _luma[at - 1] + _luma[at + 1] + _luma[at - Side] + _luma[at + Side] - 4 * _luma[at];
                sum += value;
                squares += value * value;
            }
        }

        const int Count = (Side - 2) * (Side - 2);
        return squares / Count - sum / Count * (sum / Count);
    }
}

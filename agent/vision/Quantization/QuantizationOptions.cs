using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Quantization;

/// <summary>How the range of an activation is chosen from what calibration saw.</summary>
public enum RangeMethod
{
    /// <summary>
    /// The range that rounding and clipping together cost the least squared error in, over everything that was seen.
    /// </summary>
    LeastError,
    /// <summary>From the smallest to the largest value.</summary>
    MinMax,
    /// <summary>Without the outermost share of the values on each side.</summary>
    Percentile,
}

/// <summary>How a convolution's PReLU, for which ONNX Runtime's CPU provider has no 8-bit kernel, is written.</summary>
public enum PReluForm
{
    /// <summary>As it is, in floating point, between a conversion from 8 bits and one back.</summary>
    FloatingPoint,
    /// <summary>
    /// max(x, ax) = ax + relu((1 - a) x): two convolutions with scaled weights, the second one's ReLU free, and an 8-bit sum.
    /// Of layers with a slope above 1 the float form is kept.
    /// </summary>
    TwoConvolutions,
}

/// <summary>How a model is quantised.</summary>
/// <param name="Range">How activations are ranged.</param>
/// <param name="Percentile">Of <see cref="RangeMethod.Percentile"/>: the share of values, in percent, inside the range.</param>
/// <param name="WeightBits">
/// 8, or 7 for processors without VNNI: their 16-bit sums of two products overflow on weights of 8 bits.
/// </param>
/// <param name="FirstFloat">Convolutions and matrix products at the input that stay in floating point.</param>
/// <param name="LastFloat">The same at the output.</param>
/// <param name="DepthwiseFloat">Depthwise convolutions stay in floating point.</param>
/// <param name="PRelu">How PReLU is written.</param>
/// <param name="Exclude">Names of nodes, or of the tensors that they give, that stay in floating point.</param>
public sealed record QuantizationOptions(
    RangeMethod Range = RangeMethod.LeastError,
    [property: Range(50.0, 100.0)] double Percentile = 99.99,
    [property: Range(7, 8)] int WeightBits = 8,
    [property: Range(0, 64)] int FirstFloat = 0,
    [property: Range(0, 64)] int LastFloat = 0,
    bool DepthwiseFloat = false,
    PReluForm PRelu = PReluForm.TwoConvolutions,
    IReadOnlyList<string>? Exclude = null);

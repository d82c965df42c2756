using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Inference;

/// <summary>Where pixels become input values: normalised, in the model's order of colours, plane by plane.</summary>
readonly ref struct PlanarTensor(
    Span<float> tensor, ColourOrder colour, int plane, Vector128<float> mean, Vector128<float> factor)
{
    readonly Span<float> _tensor = tensor;

    /// <summary>Luma of ITU-R BT.601, as OpenCV's BGR2GRAY.</summary>
    static Vector128<float> GreyWeights => Vector128.Create(0.114f, 0.587f, 0.299f, 0f);

    /// <param name="pixel">Blue, green, red and a value to ignore, 0..255.</param>
    /// <param name="at">Row by row from the top left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector128<float> pixel, int at)
    {
        var value = (pixel - mean) * factor;
        switch (colour)
        {
            case ColourOrder.Grey:
                _tensor[at] = Vector128.Dot(value, GreyWeights);
                break;
            case ColourOrder.Bgr:
                _tensor[at] = value[0];
                _tensor[at + plane] = value[1];
                _tensor[at + 2 * plane] = value[2];
                break;
            default:
                _tensor[at] = value[2];
                _tensor[at + plane] = value[1];
                _tensor[at + 2 * plane] = value[0];
                break;
        }
    }
}

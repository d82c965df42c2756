using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Inference;

/// <summary>
/// Pixels in the frame's order (blue, green, red and a value to ignore) to normalised values in the planes of the model:
/// pixel x gain + shift.
/// </summary>
readonly ref struct PlanarTensor
{
    /// <summary>Pixels that are written at once.</summary>
    public const int Group = 4;

    readonly Span<float> _tensor;
    readonly int _blue, _green, _red;
    readonly bool _grey;
    readonly Vector128<float> _gain;
    readonly Vector128<float> _shift;

    /// <param name="tensor">Planes one after the other.</param>
    /// <param name="colour">Their order, or one plane of grey.</param>
    /// <param name="plane">Values of a plane.</param>
    /// <param name="gain">By channel, blue first.</param>
    /// <param name="shift">By channel, blue first.</param>
    public PlanarTensor(
        Span<float> tensor, ColourOrder colour, int plane, Vector128<float> gain, Vector128<float> shift)
    {
        _grey = colour is ColourOrder.Grey;
        _tensor = tensor[..(_grey ? plane : 3 * plane)];
        _green = plane;
        (_blue, _red) = colour is ColourOrder.Bgr ? (0, 2 * plane) : (2 * plane, 0);
        (_gain, _shift) = (gain, shift);
        if (_grey) (_gain, _shift) = (gain * GreyWeights, Vector128.Create(Vector128.Dot(shift, GreyWeights)));
    }

    /// <summary>Luma of ITU-R BT.601, as OpenCV's BGR2GRAY.</summary>
    static Vector128<float> GreyWeights => Vector128.Create(0.114f, 0.587f, 0.299f, 0f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Vector128<float> pixel, int at)
    {
        if (_grey)
        {
            _tensor[at] = Vector128.Dot(pixel, _gain) + _shift[0];
            return;
        }

        var value = pixel * _gain + _shift;
        _tensor[_blue + at] = value[0];
        _tensor[_green + at] = value[1];
        _tensor[_red + at] = value[2];
    }

    /// <summary>One pixel as a sum, as below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ulong sum, float share, int at) => Store(
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.CreateScalar(sum).AsUInt16()).AsInt32()) * share, at);

    /// <summary>
    /// Four pixels side by side, each as a sum: blue in the lowest 16 bits, then green, red and a value to ignore. A
    /// pixel is its sum times the share.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ulong first, ulong second, ulong third, ulong fourth, float share, int at)
    {
        const byte No = byte.MaxValue; // an index beyond the vector gives zero
        var left = Vector128.Create(first, second).AsByte();
        var right = Vector128.Create(third, fourth).AsByte();
        var blue = Single(
            Vector128.Shuffle(left, Vector128.Create(0, 1, No, No, 8, 9, No, No, No, No, No, No, No, No, No, No)),
            Vector128.Shuffle(right, Vector128.Create(No, No, No, No, No, No, No, No, 0, 1, No, No, 8, 9, No, No)));
        var green = Single(
            Vector128.Shuffle(left, Vector128.Create(2, 3, No, No, 10, 11, No, No, No, No, No, No, No, No, No, No)),
            Vector128.Shuffle(right, Vector128.Create(No, No, No, No, No, No, No, No, 2, 3, No, No, 10, 11, No, No)));
        var red = Single(
            Vector128.Shuffle(left, Vector128.Create(4, 5, No, No, 12, 13, No, No, No, No, No, No, No, No, No, No)),
            Vector128.Shuffle(right, Vector128.Create(No, No, No, No, No, No, No, No, 4, 5, No, No, 12, 13, No, No)));
        var gain = _gain * share;
        if (_grey)
        {
            (blue * gain[0] + green * gain[1] + red * gain[2] + _shift).CopyTo(_tensor[at..]);
            return;
        }

        (blue * gain[0] + Vector128.Create(_shift[0])).CopyTo(_tensor[(_blue + at)..]);
        (green * gain[1] + Vector128.Create(_shift[1])).CopyTo(_tensor[(_green + at)..]);
        (red * gain[2] + Vector128.Create(_shift[2])).CopyTo(_tensor[(_red + at)..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Single(Vector128<byte> left, Vector128<byte> right) =>
        Vector128.ConvertToSingle((left | right).AsInt32());
}

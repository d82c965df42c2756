using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EdgeFace.Capture;

namespace EdgeFace.Inference;

/// <summary>
/// Crop, turn, resize, colour order, normalisation and HWC -> CHW in one pass: each input value is made from the frame's
/// pixels directly. Where the picture shrinks, n x n pixels spread over the cell are averaged (a box filter against
/// aliasing); where it does not, the four neighbours are interpolated. Outside the frame it is black.
/// </summary>
sealed class TensorWriter(ModelInput input)
{
    const int TapsMax = 3;

    readonly ShrinkWriter _shrink = new(input.Width, input.Height, TapsMax);
    readonly Vector128<float> _mean = PerChannel(input, input.Mean);
    readonly Vector128<float> _factor = Vector128<float>.One / PerChannel(input, input.Scale);

    /// <param name="frame">Where the pixels come from.</param>
    /// <param name="toFrame">Maps a point of the input, whose first pixel covers 0..1, to a point of the frame.</param>
    /// <param name="tensor">1 x planes x height x width.</param>
    public void Write(Frame frame, in Matrix3x2 toFrame, Span<float> tensor)
    {
        var target = new PlanarTensor(tensor, input.Colour, input.Width * input.Height, _mean, _factor);
        var taps = Math.Clamp((int)MathF.Round(MathF.Sqrt(MathF.Abs(toFrame.GetDeterminant()))), 1, TapsMax);
        if (taps > 1 && toFrame is { M11: > 0, M12: 0, M21: 0, M22: > 0 })
        {
            _shrink.Write(frame, toFrame, target);
            return;
        }

        for (var y = 0; y < input.Height; y++)
        {
            for (var x = 0; x < input.Width; x++)
            {
                var pixel = taps == 1 ? Interpolate(frame, toFrame, x, y) : Average(frame, toFrame, x, y, taps);
                target.Store(pixel, y * input.Width + x);
            }
        }
    }

    static Vector128<float> Interpolate(Frame frame, in Matrix3x2 toFrame, int x, int y)
    {
        var at = Vector2.Transform(new Vector2(x + 0.5f, y + 0.5f), toFrame) - new Vector2(0.5f);
        var left = (int)MathF.Floor(at.X);
        var top = (int)MathF.Floor(at.Y);
        var right = Vector128.Create(at.X - left);
        var down = Vector128.Create(at.Y - top);
        var upper = Vector128.Lerp(Pixel(frame, left, top), Pixel(frame, left + 1, top), right);
        var lower = Vector128.Lerp(Pixel(frame, left, top + 1), Pixel(frame, left + 1, top + 1), right);
        return Vector128.Lerp(upper, lower, down);
    }

    static Vector128<float> Average(Frame frame, in Matrix3x2 toFrame, int x, int y, int taps)
    {
        var step = 1f / taps;
        var across = new Vector2(toFrame.M11, toFrame.M12) * step;
        var down = new Vector2(toFrame.M21, toFrame.M22) * step;
        var row = Vector2.Transform(new Vector2(x + step / 2, y + step / 2), toFrame);
        var sum = Vector128<float>.Zero;
        for (var j = 0; j < taps; j++, row += down)
        {
            var at = row;
            for (var i = 0; i < taps; i++, at += across)
                sum += Pixel(frame, (int)MathF.Floor(at.X), (int)MathF.Floor(at.Y));
        }

        return sum * (step * step);
    }

    /// <summary>Blue, green, red and a value to ignore.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Pixel(Frame frame, int x, int y)
    {
        if ((uint)x >= (uint)frame.Width || (uint)y >= (uint)frame.Height) return Vector128<float>.Zero;

        var pixels = frame.Pixels;
        var at = y * frame.Stride + x * 3;
        // The last pixel of all has no fourth byte behind it: it is read from one byte before and shifted down.
        var bytes = at + 4 <= pixels.Length
            ? Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), at))
            : Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(pixels), at - 1)) >> 8;
        var wide = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(bytes).AsByte()));
        return Vector128.ConvertToSingle(wide.AsInt32());
    }

    /// <summary>A card's values stand in the model's order of planes; here they are wanted in the frame's, blue first.</summary>
    static Vector128<float> PerChannel(ModelInput input, float[] values) => values switch
    {
        [var all] => Vector128.Create(all),
        [var first, var second, var third] when input.Colour is ColourOrder.Rgb => Vector128.Create(third, second, first, 1),
        _ => Vector128.Create(values[0], values[1], values[2], 1),
    };
}

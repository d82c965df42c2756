using System.Numerics;
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
    readonly ShrinkWriter _shrink = new(input.Width, input.Height);
    readonly Vector128<float> _gain = Vector128<float>.One / PerChannel(input, input.Scale);
    readonly Vector128<float> _shift = -PerChannel(input, input.Mean) / PerChannel(input, input.Scale);

    /// <param name="frame">Where the pixels come from.</param>
    /// <param name="toFrame">Maps a point of the input, whose first pixel covers 0..1, to a point of the frame.</param>
    /// <param name="tensor">1 x planes x height x width.</param>
    public void Write(Frame frame, in Matrix3x2 toFrame, Span<float> tensor)
    {
        var target = new PlanarTensor(tensor, input.Colour, input.Width * input.Height, _gain, _shift);
        var taps = Math.Clamp(
            (int)MathF.Round(MathF.Sqrt(MathF.Abs(toFrame.GetDeterminant()))), 1, ShrinkWriter.TapsMax);
        if (taps == 1)
            Interpolate(frame, toFrame, target);
        else if (toFrame is { M11: > 0, M12: 0, M21: 0, M22: > 0 })
            _shrink.Write(frame, toFrame, target);
        else
            Average(frame, toFrame, taps, target);
    }

    void Interpolate(Frame frame, in Matrix3x2 toFrame, in PlanarTensor target)
    {
        var source = new FramePixels(frame);
        for (var y = 0; y < input.Height; y++)
        {
            for (var x = 0; x < input.Width; x++)
            {
                var at = Vector2.Transform(new Vector2(x + 0.5f, y + 0.5f), toFrame) - new Vector2(0.5f);
                target.Store(source.Interpolate(at), y * input.Width + x);
            }
        }
    }

    void Average(Frame frame, in Matrix3x2 toFrame, int taps, in PlanarTensor target)
    {
        var source = new FramePixels(frame);
        var cells = new CellSums(source, toFrame, taps);
        var grouped = input.Width - input.Width % PlanarTensor.Group;
        for (var y = 0; y < input.Height; y++)
        {
            var x = 0;
            for (; x < grouped; x += PlanarTensor.Group)
            {
                cells.Sum(x, y, out var first, out var second, out var third, out var fourth);
                target.Store(first, second, third, fourth, cells.Share, y * input.Width + x);
            }

            if (x == input.Width) continue;

            cells.Sum(x, y, out var one, out var two, out var three, out _);
            for (; x < input.Width; x++, (one, two) = (two, three))
                target.Store(one, cells.Share, y * input.Width + x);
        }
    }

    /// <summary>A card's values stand in the model's order of planes; here they are wanted in the frame's, blue first.</summary>
    static Vector128<float> PerChannel(ModelInput input, float[] values) => values switch
    {
        [var all] => Vector128.Create(all),
        [var first, var second, var third] when input.Colour is ColourOrder.Rgb => Vector128.Create(third, second, first, 1),
        _ => Vector128.Create(values[0], values[1], values[2], 1),
    };
}

using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Tests.Inference;

/// <summary>What <see cref="TensorWriter"/> has to give, pixel by pixel in double precision and without a short cut.</summary>
static class NaiveWriter
{
    /// <summary>Between the four neighbours of each input pixel's centre.</summary>
    public static float[] Bilinear(Frame frame, in Matrix3x2 toFrame, ModelInput input)
    {
        var map = toFrame;
        return Each(input, (x, y) =>
        {
            var (atX, atY) = Map(map, x + 0.5, y + 0.5);
            var (left, top) = (Math.Floor(atX - 0.5), Math.Floor(atY - 0.5));
            var (right, down) = (atX - 0.5 - left, atY - 0.5 - top);
            var mixed = new double[3];
            for (var channel = 0; channel < 3; channel++)
            {
                mixed[channel] =
                    Pixel(frame, left, top, channel) * (1 - right) * (1 - down)
                    + Pixel(frame, left + 1, top, channel) * right * (1 - down)
                    + Pixel(frame, left, top + 1, channel) * (1 - right) * down
                    + Pixel(frame, left + 1, top + 1, channel) * right * down;
            }

            return mixed;
        });
    }

    /// <summary>The mean of across x down points spread evenly over each input pixel.</summary>
    public static float[] Box(Frame frame, in Matrix3x2 toFrame, ModelInput input, int across, int down)
    {
        var map = toFrame;
        return Each(input, (x, y) =>
        {
            var sum = new double[3];
            for (var j = 0; j < down; j++)
            {
                for (var i = 0; i < across; i++)
                {
                    var (atX, atY) = Map(map, x + (i + 0.5) / across, y + (j + 0.5) / down);
                    for (var channel = 0; channel < 3; channel++)
                        sum[channel] += Pixel(frame, Math.Floor(atX), Math.Floor(atY), channel) / (across * down);
                }
            }

            return sum;
        });
    }

    static float[] Each(ModelInput input, Func<int, int, double[]> pixelOf)
    {
        var plane = input.Width * input.Height;
        var tensor = new float[input.Colour is ColourOrder.Grey ? plane : 3 * plane];
        for (var y = 0; y < input.Height; y++)
        {
            for (var x = 0; x < input.Width; x++)
            {
                var bgr = pixelOf(x, y);
                var at = y * input.Width + x;
                double[] planes = input.Colour switch
                {
                    ColourOrder.Grey => [bgr[0] * 0.114 + bgr[1] * 0.587 + bgr[2] * 0.299],
                    ColourOrder.Rgb => [bgr[2], bgr[1], bgr[0]],
                    _ => bgr,
                };
                for (var i = 0; i < planes.Length; i++)
                    tensor[i * plane + at] = (float)((planes[i] - Of(input.Mean, i)) / Of(input.Scale, i));
            }
        }

        return tensor;
    }

    static float Of(float[] values, int plane) => values[values.Length == 1 ? 0 : plane];

    static (double X, double Y) Map(in Matrix3x2 map, double x, double y) =>
        (x * map.M11 + y * map.M21 + map.M31, x * map.M12 + y * map.M22 + map.M32);

    static double Pixel(Frame frame, double x, double y, int channel) =>
        x < 0 || y < 0 || x >= frame.Width || y >= frame.Height
            ? 0 : frame.Pixels[(int)y * frame.Stride + (int)x * 3 + channel];
}

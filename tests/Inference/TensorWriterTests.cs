using System.Numerics;
using EdgeFace.Capture;
using EdgeFace.Inference;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Inference;

public sealed class TensorWriterTests
{
    static readonly ModelInput Plain = new(16, 12, ColourOrder.Bgr, [0], [1]);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(17, 11)]
    public void Under_the_identity_every_pixel_is_copied_and_beyond_the_frame_it_is_black(int width, int height)
    {
        using var frame = Noise(width, height);

        var tensor = Write(frame, Matrix3x2.Identity, Plain);

        for (var y = 0; y < Plain.Height; y++)
        {
            for (var x = 0; x < Plain.Width; x++)
            {
                for (var channel = 0; channel < 3; channel++)
                {
                    var expected = x < width && y < height ? frame.Pixels[y * frame.Stride + x * 3 + channel] : 0;
                    Assert.Equal(expected, tensor[(channel * Plain.Height + y) * Plain.Width + x]);
                }
            }
        }
    }

    [Theory]
    [InlineData(ColourOrder.Bgr)]
    [InlineData(ColourOrder.Rgb)]
    [InlineData(ColourOrder.Grey)]
    public void Mean_and_scale_are_taken_in_the_models_order_of_planes(ColourOrder colour)
    {
        var input = Plain with { Colour = colour };
        if (colour is not ColourOrder.Grey) input = input with { Mean = [10, 20, 30], Scale = [2, 4, 8] };
        using var frame = Frame.Allocate(1, 1);
        frame.Pixels[0] = 200; // blue
        frame.Pixels[1] = 100;
        frame.Pixels[2] = 50;

        var tensor = Write(frame, Matrix3x2.Identity, input);

        var plane = input.Width * input.Height;
        float[] first = [.. Enumerable.Range(0, tensor.Length / plane).Select(i => tensor[i * plane])];
        float[] expected = colour switch
        {
            ColourOrder.Bgr => [95, 20, 2.5f],
            ColourOrder.Rgb => [20, 20, 21.25f],
            _ => [200 * 0.114f + 100 * 0.587f + 50 * 0.299f],
        };
        Close(expected, first, 1e-4f);
    }

    [Fact]
    public void Any_transform_gives_what_the_plain_reckoning_gives()
    {
        var random = new Random(11);
        for (var round = 0; round < 60; round++)
        {
            using var frame = Noise(random.Next(1, 60), random.Next(1, 60), round);
            var input = Plain with { Colour = (ColourOrder)(1 + round % 3), Mean = [127.5f], Scale = [128] };
            // Off the halves, where rounding would choose between one tap more and one less.
            var scale = (float)(random.NextDouble() * 0.9 + (round % 4) switch { 0 => 0.1, 1 => 1.55, 2 => 2.55, _ => 4 });
            var turn = Matrix3x2.CreateScale(round % 2 == 0 ? scale : -scale, scale)
                * Matrix3x2.CreateRotation(round % 5 == 0 ? 0 : (float)(random.NextDouble() * 6))
                * Matrix3x2.CreateTranslation(random.Next(-20, 60) + 0.3f, random.Next(-20, 60) + 0.7f);
            var taps = (int)Math.Clamp(Math.Round(scale), 1, 3);

            var expected = taps == 1
                ? NaiveWriter.Bilinear(frame, turn, input) : NaiveWriter.Box(frame, turn, input, taps, taps);

            // A tap that falls on the border of two pixels may go either way in single precision.
            var tensor = Write(frame, turn, input);
            var other = tensor.Where((value, i) => !(Math.Abs(value - expected[i]) <= 2e-3f)).Count();
            Assert.True(other <= (taps == 1 ? 0 : tensor.Length / 100), $"round {round}, taps {taps}: {other} of {tensor.Length}");
        }
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    public void A_picture_that_shrinks_by_a_whole_factor_gives_the_mean_of_each_cell(int across, int down)
    {
        using var frame = Noise(Plain.Width * across, Plain.Height * down);

        var tensor = Write(frame, Matrix3x2.CreateScale(across, down), Plain);

        for (var at = 0; at < tensor.Length; at++)
        {
            var (channel, y, x) = (at / (Plain.Width * Plain.Height), at / Plain.Width % Plain.Height, at % Plain.Width);
            var sum = 0;
            for (var cell = 0; cell < across * down; cell++)
                sum += frame.Pixels[(y * down + cell / across) * frame.Stride + (x * across + cell % across) * 3 + channel];
            Assert.Equal((float)sum / (across * down), tensor[at], 1e-4f);
        }
    }

    [Fact]
    public void A_picture_that_shrinks_unevenly_and_hangs_over_every_edge_is_sampled_as_reckoned()
    {
        using var frame = Noise(41, 33);
        var toFrame = Matrix3x2.CreateScale(3.1f, 2.2f) * Matrix3x2.CreateTranslation(-4.15f, -3.15f);

        var expected = NaiveWriter.Box(frame, toFrame, Plain, 3, 2);

        Close(expected, Write(frame, toFrame, Plain), 1e-3f);
        Assert.Equal(0, expected[0]);
        Assert.Equal(0, expected[^1]);
    }

    [Fact]
    public void A_writer_that_saw_a_large_frame_forgets_it()
    {
        using var large = Noise(200, 100);
        using var small = Noise(37, 25, seed: 9);
        var writer = new TensorWriter(Plain);
        var tensor = new float[3 * Plain.Width * Plain.Height];
        writer.Write(large, Matrix3x2.CreateScale(3), tensor);

        writer.Write(small, Matrix3x2.CreateScale(3), tensor);

        Assert.Equal(Write(small, Matrix3x2.CreateScale(3), Plain), tensor);
    }

    [Fact]
    public void Turned_and_mirrored_pictures_are_those_of_opencv_within_a_grey_level()
    {
        using var frame = Noise(64, 48);
        using var picture = frame.AsMat();
        Cv2.GaussianBlur(picture, picture, new Size(9, 9), 3); // OpenCV counts in 32nds of a pixel: no sharp edges
        foreach (var degrees in new[] { 0, 30, 90, 200 })
        {
            foreach (var mirror in new[] { 1, -1 })
            {
                var toFrame = Matrix3x2.CreateScale(0.8f * mirror, 0.8f)
                    * Matrix3x2.CreateRotation(degrees * MathF.PI / 180) * Matrix3x2.CreateTranslation(32, 24);
                using var warped = Warp(picture, toFrame, Plain.Width, Plain.Height);

                var tensor = Write(frame, toFrame, Plain);

                Close([.. Planes(warped)], tensor, 1.01f);
            }
        }
    }

    /// <summary>OpenCV counts from pixel centres: half a pixel is taken off on both sides.</summary>
    static Mat Warp(Mat picture, Matrix3x2 toFrame, int width, int height)
    {
        var map = Matrix3x2.CreateTranslation(0.5f, 0.5f) * toFrame * Matrix3x2.CreateTranslation(-0.5f, -0.5f);
        using var matrix = new Mat(2, 3, MatType.CV_64FC1);
        double[] values = [map.M11, map.M21, map.M31, map.M12, map.M22, map.M32];
        for (var i = 0; i < 6; i++) matrix.Set(i / 3, i % 3, values[i]);
        var warped = new Mat();
        Cv2.WarpAffine(
            picture, warped, matrix, new Size(width, height), InterpolationFlags.Linear | InterpolationFlags.WarpInverseMap,
            BorderTypes.Constant, Scalar.Black);
        return warped;
    }

    static IEnumerable<float> Planes(Mat picture) =>
        from channel in Enumerable.Range(0, 3)
        from y in Enumerable.Range(0, picture.Height)
        from x in Enumerable.Range(0, picture.Width)
        select (float)picture.At<Vec3b>(y, x)[channel];

    static float[] Write(Frame frame, in Matrix3x2 toFrame, ModelInput input)
    {
        var tensor = new float[(input.Colour is ColourOrder.Grey ? 1 : 3) * input.Width * input.Height];
        Array.Fill(tensor, float.NaN); // every value is written
        new TensorWriter(input).Write(frame, toFrame, tensor);
        return tensor;
    }

    static void Close(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"[{i}] is {actual[i]}, expected {expected[i]}");
    }

    static Frame Noise(int width, int height, int seed = 1)
    {
        var frame = Frame.Allocate(width, height);
        new Random(seed).NextBytes(frame.Pixels);
        return frame;
    }
}

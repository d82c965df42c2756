using EdgeFace.Capture;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class PictureReaderTests
{
    [Fact]
    public void A_colour_JPEG_is_what_it_was_before_it_was_packed()
    {
        using var picture = Gradient(64, 40);
        using var frame = PictureReader.Read(JpegWriter.Encode(picture, (int)ImwriteFlags.JpegQuality, 98));

        Assert.Equal((64, 40), (frame.Width, frame.Height));
        Assert.InRange(MeanDifference(frame, picture), 0, 2);
    }

    [Fact]
    public void A_progressive_JPEG_gives_the_same_pixels_as_a_plain_one()
    {
        using var picture = Gradient(64, 40);
        var progressive = JpegWriter.Encode(picture, (int)ImwriteFlags.JpegProgressive, 1);
        Assert.True(progressive.AsSpan().IndexOf(new byte[] { 0xFF, 0xC2 }) > 0);

        using var one = PictureReader.Read(progressive);
        using var other = PictureReader.Read(JpegWriter.Encode(picture));
        Assert.True(one.Pixels.SequenceEqual(other.Pixels));
    }

    [Fact]
    public void A_grey_JPEG_has_three_equal_planes()
    {
        using var grey = new Mat(16, 24, MatType.CV_8UC1, Scalar.All(91));
        using var frame = PictureReader.Read(JpegWriter.Encode(grey));

        Assert.Equal(24 * 16 * 3, frame.Pixels.Length);
        Assert.Equal(-1, frame.Pixels.IndexOfAnyExcept((byte)91));
    }

    [Theory]
    [CombinatorialOrientations]
    public void Every_orientation_of_Exif_is_turned_upright(ushort orientation, bool little)
    {
        using var upright = Corners();
        using var stored = Stored(upright, orientation);
        var jpeg = JpegWriter.Encode(stored, (int)ImwriteFlags.JpegQuality, 98);

        using var frame = PictureReader.Read(JpegWriter.WithOrientation(jpeg, orientation, little));

        Assert.Equal((upright.Width, upright.Height), (frame.Width, frame.Height));
        Assert.InRange(MeanDifference(frame, upright), 0, 3);
    }

    [Fact]
    public void An_orientation_in_a_PNG_is_applied_too()
    {
        byte[] row = [255, 0, 0, 0, 255, 0];
        var png = PngWriter.Write(2, 1, 8, PngWriter.Rgb, row, ("eXIf", JpegWriter.Tiff(6, little: false)));
        using var frame = PictureReader.Read(png);

        Assert.Equal((1, 2), (frame.Width, frame.Height));
        Assert.Equal([0, 0, 255, 0, 255, 0], frame.Pixels.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(40_000)]
    public void An_orientation_that_does_not_exist_turns_nothing(ushort orientation)
    {
        using var upright = Corners();
        var jpeg = JpegWriter.WithOrientation(JpegWriter.Encode(upright), orientation, little: true);
        using var frame = PictureReader.Read(jpeg);

        Assert.Equal((upright.Width, upright.Height), (frame.Width, frame.Height));
        Assert.InRange(MeanDifference(frame, upright), 0, 6);
    }

    [Theory]
    [InlineData(255, 255, 255, 255, 255, 255, 255)] // no ink: white
    [InlineData(255, 255, 255, 0, 0, 0, 0)] // key only: black
    [InlineData(0, 255, 255, 255, 255, 255, 0)] // cyan: B, G, R
    [InlineData(255, 0, 255, 255, 255, 0, 255)] // magenta
    [InlineData(255, 255, 0, 255, 0, 255, 255)] // yellow
    [InlineData(0, 0, 255, 255, 255, 0, 0)] // cyan and magenta: blue
    [InlineData(255, 255, 255, 128, 128, 128, 128)] // half key: mid grey
    public void Inks_of_an_Adobe_CMYK_JPEG_have_their_colours(
        byte c, byte m, byte y, byte k, byte blue, byte green, byte red)
    {
        byte[] white = [255, 255, 255, 255];
        using var frame = PictureReader.Read(JpegWriter.Cmyk([white, [c, m, y, k]], adobe: true));

        Assert.Equal((16, 8), (frame.Width, frame.Height));
        var pixel = frame.Pixels[(12 * 3)..(13 * 3)];
        Assert.InRange(pixel[0], blue - 2, blue + 2);
        Assert.InRange(pixel[1], green - 2, green + 2);
        Assert.InRange(pixel[2], red - 2, red + 2);
        Assert.InRange(frame.Pixels[0], 253, 255);
    }

    [Fact]
    public void Sixteen_bits_are_scaled_and_not_cut()
    {
        byte[] samples = [0x80, 0x7F, 0x12, 0xFF, 0xFF, 0xFF]; // 32895 / 257 = 127.996, 4863 / 257 = 18.9
        using var frame = PictureReader.Read(PngWriter.Write(1, 1, 16, PngWriter.Rgb, samples));

        Assert.Equal([255, 19, 128], frame.Pixels.ToArray());
    }

    [Fact]
    public void Sixteen_bit_grey_becomes_three_planes()
    {
        using var frame = PictureReader.Read(PngWriter.Write(2, 1, 16, PngWriter.Grey, [0x80, 0x80, 0xFF, 0xFF]));

        Assert.Equal([128, 128, 128, 255, 255, 255], frame.Pixels.ToArray());
    }

    [Fact]
    public void What_shines_through_is_laid_over_white()
    {
        byte[] samples = [10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128];
        using var frame = PictureReader.Read(PngWriter.Write(3, 1, 8, PngWriter.Rgba, samples));

        Assert.Equal([30, 20, 10, 255, 255, 255, 227, 177, 127], frame.Pixels.ToArray());
    }

    [Fact]
    public void Grey_with_alpha_is_laid_over_white()
    {
        using var frame = PictureReader.Read(PngWriter.Write(2, 1, 8, PngWriter.GreyAlpha, [50, 255, 50, 0]));

        Assert.Equal([50, 50, 50, 255, 255, 255], frame.Pixels.ToArray());
    }

    [Fact]
    public void Sixteen_bit_alpha_is_laid_over_white()
    {
        byte[] samples = [0, 0, 0x64, 0x64, 0xC8, 0xC8, 0x80, 0x80];
        using var frame = PictureReader.Read(PngWriter.Write(1, 1, 16, PngWriter.Rgba, samples));

        Assert.Equal([227, 177, 127], frame.Pixels.ToArray());
    }

    [Fact]
    public void A_palette_is_looked_up_and_its_transparent_entries_are_white()
    {
        byte[] palette = [255, 0, 0, 0, 255, 0, 0, 0, 255];
        using var opaque = PictureReader.Read(
            PngWriter.Write(3, 1, 8, PngWriter.Palette, [0, 1, 2], ("PLTE", palette)));
        Assert.Equal([0, 0, 255, 0, 255, 0, 255, 0, 0], opaque.Pixels.ToArray());

        using var seeThrough = PictureReader.Read(
            PngWriter.Write(3, 1, 8, PngWriter.Palette, [0, 1, 2], ("PLTE", palette), ("tRNS", [255, 0])));
        Assert.Equal([0, 0, 255, 255, 255, 255, 255, 0, 0], seeThrough.Pixels.ToArray());
    }

    [Fact]
    public void Ornaments_of_a_PNG_do_not_reach_the_decoder()
    {
        var plain = PngWriter.Write(1, 1, 8, PngWriter.Palette, [0], ("PLTE", [1, 2, 3]), ("tRNS", [255]));
        var adorned = PngWriter.Write(1, 1, 8, PngWriter.Palette, [0],
            ("iCCP", [1, 2, 3]), ("acTL", new byte[8]), ("PLTE", [1, 2, 3]), ("tRNS", [255]), ("tEXt", [65, 0, 66]));

        Assert.True(PngStructure.WithoutOrnaments(adorned).SequenceEqual(plain));
        using var frame = PictureReader.Read(adorned);
        Assert.Equal([3, 2, 1], frame.Pixels.ToArray());
    }

    [Fact]
    public void One_bit_grey_is_black_and_white()
    {
        using var frame = PictureReader.Read(PngWriter.Write(8, 1, 1, PngWriter.Grey, [0b1010_0000]));

        Assert.Equal([255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0], frame.Pixels[..12].ToArray());
    }

    /// <summary>Red at the top left, green at the top right, blue at the bottom left, white elsewhere.</summary>
    static Mat Corners()
    {
        var picture = new Mat(32, 48, MatType.CV_8UC3, Scalar.White);
        picture[0, 16, 0, 16].SetTo(Scalar.Red);
        picture[0, 16, 32, 48].SetTo(Scalar.Green);
        picture[16, 32, 0, 16].SetTo(Scalar.Blue);
        return picture;
    }

    /// <summary>
    /// How a camera held so would store it, by the table of the Exif standard: where row 0 and column 0 lie.
    /// </summary>
    static Mat Stored(Mat upright, int orientation)
    {
        var sideways = orientation >= 5;
        var size = sideways ? new Size(upright.Height, upright.Width) : upright.Size();
        var stored = new Mat(size, MatType.CV_8UC3);
        var (right, bottom) = (upright.Width - 1, upright.Height - 1);
        var (rows, columns) = (stored.Rows, stored.Cols);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var (y, x) = orientation switch
                {
                    1 => (row, column),
                    2 => (row, right - column),
                    3 => (bottom - row, right - column),
                    4 => (bottom - row, column),
                    5 => (column, row),
                    6 => (column, right - row),
                    7 => (bottom - column, right - row),
                    _ => (bottom - column, row),
                };
                stored.Set(row, column, upright.Get<Vec3b>(y, x));
            }
        }

        return stored;
    }

    static Mat Gradient(int width, int height)
    {
        var picture = new Mat(height, width, MatType.CV_8UC3);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++) picture.Set(y, x, new Vec3b((byte)(x * 3), (byte)(y * 5), (byte)(x + y)));
        return picture;
    }

    static double MeanDifference(Frame frame, Mat picture)
    {
        using var seen = frame.AsMat();
        return Cv2.Norm(seen, picture, NormTypes.L1) / frame.Pixels.Length;
    }
}

/// <summary>Orientations 1..8 in both byte orders.</summary>
sealed class CombinatorialOrientationsAttribute : Xunit.v3.DataAttribute
{
    public override bool SupportsDiscoveryEnumeration() => true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod,
        Xunit.Sdk.DisposalTracker disposalTracker) => new(
        [.. Enumerable.Range(1, 8).SelectMany(orientation => new[] { true, false }
            .Select(little => new TheoryDataRow((ushort)orientation, little)))]);
}

using EdgeFace.Capture;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

public class PictureRefusalTests
{
    [Fact]
    public void A_tiny_PNG_that_declares_a_huge_picture_is_refused_before_it_is_decoded()
    {
        var bomb = new PngWriter().Header(50_000, 50_000).Chunk("IDAT", [1, 2, 3]).Chunk("IEND", []).ToArray();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Refusal(bomb);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(PictureFault.TooLarge, refusal.Fault);
        Assert.Contains("50000 x 50000", refusal.Message);
        Assert.Contains("16384", refusal.Message);
    }

    [Fact]
    public void A_PNG_that_declares_more_than_fits_an_int_is_refused()
    {
        Assert.Equal(PictureFault.TooLarge, Refusal(new PngWriter().Header(-1, -1).ToArray()).Fault);
        Assert.Equal(PictureFault.Damaged, Refusal(new PngWriter().Header(0, 5).ToArray()).Fault);
    }

    [Fact]
    public void The_area_has_a_limit_of_its_own()
    {
        var refusal = Refusal(new PngWriter().Header(10_000, 5_001).ToArray());

        Assert.Equal(PictureFault.TooLarge, refusal.Fault);
        Assert.Contains("50,010,000", refusal.Message);
        Assert.Contains("50,000,000", refusal.Message);
    }

    [Fact]
    public void A_caller_may_set_narrower_limits()
    {
        var jpeg = Jpeg();
        Assert.Contains("32", Refusal(jpeg, new PictureLimits(Side: 32)).Message);
        var refusal = Refusal(jpeg, new PictureLimits(FileBytes: jpeg.Length - 1));
        Assert.Equal(PictureFault.TooLarge, refusal.Fault);
        Assert.Contains($"{jpeg.Length - 1:N0}", refusal.Message);
    }

    [Fact]
    public void Every_truncation_of_a_JPEG_is_found_and_says_at_which_byte()
    {
        var jpeg = Jpeg();
        for (var length = 3; length < jpeg.Length; length++)
        {
            var refusal = Refusal(jpeg[..length]);
            Assert.Equal(PictureFault.Truncated, refusal.Fault);
            Assert.Contains($"at byte {length:N0}", refusal.Message);
        }
    }

    [Fact]
    public void Every_truncation_of_a_PNG_is_found_and_says_at_which_byte()
    {
        var png = Png();
        for (var length = 8; length < png.Length; length++)
        {
            var refusal = Refusal(png[..length]);
            Assert.Equal(PictureFault.Truncated, refusal.Fault);
            Assert.Contains($"at byte {length:N0}", refusal.Message);
        }
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_picture_does_no_harm()
    {
        using var jpeg = PictureReader.Read([.. Jpeg(), 1, 2, 3]);
        using var png = PictureReader.Read([.. Png(), 1, 2, 3]);
        Assert.Equal(64, jpeg.Width);
        Assert.Equal(4, png.Width);
    }

    [Fact]
    public void A_chunk_that_does_not_match_its_checksum_is_damage()
    {
        var png = Png();
        png[^20] ^= 1;

        var refusal = Refusal(png);

        Assert.Equal(PictureFault.Damaged, refusal.Fault);
        Assert.Contains("IDAT", refusal.Message);
    }

    [Fact]
    public void A_PNG_whose_pixels_cannot_be_unpacked_is_damage()
    {
        var png = new PngWriter().Header(4, 4).Chunk("IDAT", [0xFF, 0xFF, 0xFF, 0xFF]).Chunk("IEND", []).ToArray();
        Assert.Equal(PictureFault.Damaged, Refusal(png).Fault);
    }

    [Fact]
    public void A_CMYK_JPEG_that_may_be_a_negative_is_refused()
    {
        var refusal = Refusal(JpegWriter.Cmyk([[0, 0, 0, 0]], adobe: false));

        Assert.Equal(PictureFault.Foreign, refusal.Fault);
        Assert.Contains("CMYK", refusal.Message);
    }

    [Theory]
    [InlineData("this is a letter, not a picture", "text")]
    [InlineData("GIF89a\u0001\0\u0001\0", "a GIF")]
    [InlineData("RIFF\u0010\0\0\0WEBPVP8 ", "a WebP picture")]
    [InlineData("BM\u0046\0\0\0\0\0\0\0\u0036\0\0\0", "a BMP picture")]
    [InlineData("II*\0\u0008\0\0\0", "a TIFF picture")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "a HEIC picture")]
    [InlineData("\0\0\0\u0018ftypmif1\0\0\0\0mif1avif", "a HEIC picture")]
    [InlineData("\0\0\0\u0018ftypavif\0\0\0\0avifmif1", "an AVIF picture")]
    [InlineData("\0\0\0\u0018ftypisom\0\0\0\0isommp42", "an MP4 or QuickTime video")]
    [InlineData("%PDF-1.7", "a PDF document")]
    [InlineData("\u0001\u0002\u0003\u0004", "of no format that is known here")]
    public void Another_format_is_named_and_what_to_do_is_said(string head, string named)
    {
        var refusal = Refusal(System.Text.Encoding.Latin1.GetBytes(head));

        Assert.Equal(PictureFault.Foreign, refusal.Fault);
        Assert.Contains($"is {named}, not a JPEG or PNG picture", refusal.Message);
        Assert.Contains("as JPEG or PNG", refusal.Message);
    }

    [Fact]
    public void A_file_that_cannot_be_had_says_why()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(PictureFault.Missing, RefusalOf(folder.At("nobody.jpg")).Fault);
        Assert.Equal(PictureFault.Missing, RefusalOf(folder.At("no/such/folder.jpg")).Fault);
        Assert.Equal(PictureFault.Missing, RefusalOf("").Fault);
        Assert.Equal(PictureFault.Folder, RefusalOf(folder.Path).Fault);
        Assert.Equal(PictureFault.Empty, RefusalOf(folder.Write("empty.jpg", [])).Fault);
        Assert.Equal(PictureFault.Empty, Refusal([]).Fault);
        Assert.Contains("letter.jpg", RefusalOf(folder.Write("letter.jpg", "dear Sir"u8.ToArray())).Message);
    }

    [Fact]
    public void A_file_that_may_not_be_read_says_so()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("root may read everything");
            return;
        }

        using var folder = new TemporaryFolder();
        var path = folder.Write("secret.jpg", Jpeg());
        File.SetUnixFileMode(path, UnixFileMode.None);

        var refusal = RefusalOf(path);

        Assert.Equal(PictureFault.Unreadable, refusal.Fault);
        Assert.Contains("permissions", refusal.Message);
    }

    [Fact]
    public void A_file_is_read_by_its_content_whatever_its_name()
    {
        using var folder = new TemporaryFolder();
        using var frame = PictureReader.Read(folder.Write("picture.txt", Png()));
        Assert.Equal((4, 4), (frame.Width, frame.Height));
    }

    [Fact]
    public void A_file_over_the_limit_is_refused_unread()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("long.jpg", [0xFF, 0xD8, 0xFF]);
        using (var file = File.OpenWrite(path)) file.SetLength((64L << 20) + 1);

        var refusal = RefusalOf(path);

        Assert.Equal(PictureFault.TooLarge, refusal.Fault);
        Assert.Contains("67,108,864", refusal.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_thousand_damaged_files_give_a_frame_or_a_refusal_and_nothing_else(int kind)
    {
        var good = kind == 1 ? Jpeg() : Png();
        var random = new Random(20_260 + kind);
        var (frames, refusals) = (0, 0);
        for (var i = 0; i < 2_000; i++)
        {
            try
            {
                using var frame = PictureReader.Read(Mutated(good, random), new PictureLimits(Area: 1_000_000));
                frames++;
            }
            catch (PictureException e)
            {
                Assert.True(e.Message.Length > 20);
                refusals++;
            }
        }

        Assert.Equal(2_000, frames + refusals);
        Assert.True(refusals > 100, $"{refusals} refused");
    }

    static byte[] Mutated(byte[] good, Random random)
    {
        var bytes = (byte[])good.Clone();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            switch (random.Next(4))
            {
                case 0: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
                case 1: bytes[random.Next(Math.Min(bytes.Length, 700))] ^= (byte)(1 << random.Next(8)); break;
                case 2:
                    var tail = bytes.AsSpan(random.Next(bytes.Length));
                    random.NextBytes(tail[..Math.Min(9, tail.Length)]);
                    break;
                default: bytes = random.Next(4) == 0 ? bytes[..random.Next(1, bytes.Length + 1)] : bytes; break;
            }
        }

        return bytes;
    }

    static PictureException Refusal(byte[] bytes, PictureLimits? limits = null) =>
        Assert.Throws<PictureException>(() => PictureReader.Read(bytes.AsSpan(), limits));

    static PictureException RefusalOf(string path) => Assert.Throws<PictureException>(() => PictureReader.Read(path));

    static byte[] Jpeg()
    {
        using var picture = new Mat(48, 64, MatType.CV_8UC3);
        new Random(1).NextBytes(picture.AsSpan<byte>());
        return JpegWriter.Encode(picture, (int)ImwriteFlags.JpegQuality, 30, (int)ImwriteFlags.JpegRstInterval, 2);
    }

    static byte[] Png()
    {
        var samples = new byte[4 * 4 * 4];
        new Random(2).NextBytes(samples);
        return PngWriter.Write(4, 4, 8, PngWriter.Rgba, samples, ("tEXt", "Comment\0kept"u8.ToArray()));
    }
}

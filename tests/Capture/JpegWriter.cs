using System.Buffers.Binary;
using System.Numerics;
using OpenCvSharp;
using Xunit;

namespace EdgeFace.Tests.Capture;

/// <summary>
/// JPEGs of the kinds that encoders leave out: flat CMYK, and any JPEG with an Exif orientation put in.
/// </summary>
static class JpegWriter
{
    /// <summary>
    /// The flat colours of a picture's rows of blocks, 8 x 8 pixels each, four samples a pixel, as stored.
    /// </summary>
    /// <param name="blocks">Stored C, M, Y, K of each block, from left to right.</param>
    /// <param name="adobe">With Adobe's marker, which says that 255 is no ink.</param>
    public static byte[] Cmyk(byte[][] blocks, bool adobe)
    {
        List<byte> file = [0xFF, 0xD8];
        if (adobe) Segment(file, 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]);
        Segment(file, 0xC0, [8, 0, 8, 0, (byte)(8 * blocks.Length), 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]);

        // DC: twelve categories of four bits each, so the code of a category is the category. AC: end of block is "0".
        Segment(file, 0xC4,
            [0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        Segment(file, 0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Segment(file, 0xDA, [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);
        file.AddRange(Scan(blocks));
        return [.. file, 0xFF, 0xD9];
    }

    /// <summary>Puts an Exif segment of one entry behind the start of a JPEG.</summary>
    public static byte[] WithOrientation(byte[] jpeg, ushort orientation, bool little)
    {
        List<byte> file = [.. jpeg[..2]];
        Segment(file, 0xE1, [.. "Exif\0\0"u8, .. Tiff(orientation, little)]);
        return [.. file, .. jpeg[2..]];
    }

    public static byte[] Tiff(ushort orientation, bool little)
    {
        ushort[] words = [42, .. Long(8, little), 1, 0x0112, 3, .. Long(1, little), orientation, 0, 0, 0];
        var tiff = new byte[2 + 2 * words.Length];
        tiff.AsSpan(0, 2).Fill(little ? (byte)'I' : (byte)'M');
        for (var i = 0; i < words.Length; i++)
        {
            if (little) BinaryPrimitives.WriteUInt16LittleEndian(tiff.AsSpan(2 + 2 * i), words[i]);
            else BinaryPrimitives.WriteUInt16BigEndian(tiff.AsSpan(2 + 2 * i), words[i]);
        }

        return tiff;
    }

    public static byte[] Encode(Mat picture, params int[] parameters)
    {
        Assert.True(Cv2.ImEncode(".jpg", picture, out var jpeg, parameters));
        return jpeg;
    }

    static ushort[] Long(ushort value, bool little) => little ? [value, 0] : [0, value];

    static void Segment(List<byte> file, byte marker, byte[] body) =>
        file.AddRange([0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body]);

    /// <summary>
    /// Only the mean of each block is coded (T.81, F.1.2.1): eight times the level-shifted sample, as a difference.
    /// </summary>
    static byte[] Scan(byte[][] blocks)
    {
        var bits = new List<bool>();
        var last = new int[4];
        foreach (var block in blocks)
        {
            for (var i = 0; i < 4; i++)
            {
                var mean = (block[i] - 128) * 8;
                var difference = mean - last[i];
                last[i] = mean;
                var category = difference == 0 ? 0 : BitOperations.Log2((uint)Math.Abs(difference)) + 1;
                Put(bits, category, 4);
                Put(bits, difference < 0 ? difference + (1 << category) - 1 : difference, category);
                Put(bits, 0, 1);
            }
        }

        while (bits.Count % 8 != 0) bits.Add(true);
        return [.. bits.Chunk(8).Select(Octet).SelectMany(octet => octet == 0xFF ? new byte[] { 0xFF, 0 } : [octet])];
    }

    static byte Octet(bool[] bits) => (byte)bits.Aggregate(0, (octet, bit) => (octet << 1) | (bit ? 1 : 0));

    static void Put(List<bool> bits, int value, int count)
    {
        for (var bit = count - 1; bit >= 0; bit--) bits.Add(((value >> bit) & 1) != 0);
    }
}

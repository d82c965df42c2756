using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeFace.Tests.Capture;

/// <summary>Writes PNGs of the kinds that encoders leave out, and PNGs that lie.</summary>
sealed class PngWriter
{
    public const byte Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    readonly List<byte> _file = [.. Signature];

    /// <summary>
    /// Samples are rows one after the other, as stored: big-endian, packed, without filter bytes. Extra chunks come
    /// between IHDR and IDAT.
    /// </summary>
    public static byte[] Write(int width, int height, byte bits, byte colour, byte[] samples,
        params (string Type, byte[] Body)[] extra)
    {
        var writer = new PngWriter().Header(width, height, bits, colour);
        foreach (var (type, body) in extra) writer.Chunk(type, body);
        return writer.Chunk("IDAT", Deflate(samples, height)).Chunk("IEND", []).ToArray();
    }

    public PngWriter Header(int width, int height, byte bits = 8, byte colour = Rgb)
    {
        var body = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(body, width);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(4), height);
        (body[8], body[9]) = (bits, colour);
        return Chunk("IHDR", body);
    }

    public PngWriter Chunk(string type, byte[] body)
    {
        byte[] sum = [.. System.Text.Encoding.ASCII.GetBytes(type), .. body];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, body.Length);
        _file.AddRange(word);
        _file.AddRange(sum);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc(sum));
        _file.AddRange(word);
        return this;
    }

    public byte[] ToArray() => [.. _file];

    /// <summary>Filter 0 before each row, then zlib.</summary>
    public static byte[] Deflate(byte[] samples, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var row in samples.Chunk(samples.Length / height)) zlib.Write([0, .. row]);
        }

        return packed.ToArray();
    }

    /// <summary>Bit by bit, unlike the product's table: the two agree or one is wrong.</summary>
    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}

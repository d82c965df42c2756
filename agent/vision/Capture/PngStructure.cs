using System.Buffers.Binary;

namespace EdgeFace.Capture;

/// <summary>The chunks of a PNG (W3C PNG, third edition, section 5) from IHDR to IEND, lengths and checksums.</summary>
ref struct PngStructure
{
    const int SignatureBytes = 8, FrameBytes = 12; // a chunk's length, type and checksum
    const uint CrcPolynomial = 0xEDB88320;

    static readonly uint[] CrcTable = MakeCrcTable();

    readonly ReadOnlySpan<byte> _file;
    readonly string _name;
    int _at, _width, _height, _bits, _orientation;
    bool _alpha, _pixels;

    PngStructure(ReadOnlySpan<byte> file, string name)
    {
        _file = file;
        (_name, _at, _orientation) = (name, SignatureBytes, ExifOrientation.Upright);
    }

    public static PictureHeader Walk(ReadOnlySpan<byte> file, string name, PictureLimits limits)
    {
        var structure = new PngStructure(file, name);
        while (structure.TakeChunk(limits))
        {
        }

        if (!structure._pixels) throw PictureHeader.Damaged(name, "it ends before any pixels");

        return new PictureHeader(MediaFormat.Png, structure._width, structure._height, structure._bits,
            structure._alpha, structure._orientation);
    }

    /// <summary>
    /// The chunks that pixels are made of, of a file that has been walked. Ornaments hold up the decoder (broken colour
    /// profiles, which it remarks on to standard error) or lead it astray (animation), and no pixel depends on them.
    /// </summary>
    public static ReadOnlySpan<byte> WithoutOrnaments(ReadOnlySpan<byte> file)
    {
        var plain = GC.AllocateUninitializedArray<byte>(file.Length);
        file[..SignatureBytes].CopyTo(plain);
        var (at, kept) = (SignatureBytes, SignatureBytes);
        for (var isEnd = false; !isEnd;)
        {
            var chunk = file.Slice(at, FrameBytes + (int)BinaryPrimitives.ReadUInt32BigEndian(file[at..]));
            var type = chunk[4..8];
            isEnd = type.SequenceEqual("IEND"u8);
            at += chunk.Length;
            if (IsOrnament(type)) continue;

            chunk.CopyTo(plain.AsSpan(kept));
            kept += chunk.Length;
        }

        return plain.AsSpan(0, kept);
    }

    /// <returns>False at the last one.</returns>
    bool TakeChunk(PictureLimits limits)
    {
        if (_file.Length - _at < FrameBytes)
            throw PictureHeader.Truncated(_name, _file.Length, "a PNG ends with the chunk IEND, which never came");

        var length = BinaryPrimitives.ReadUInt32BigEndian(_file[_at..]);
        var type = _file.Slice(_at + 4, 4);
        CheckType(type);
        if (length > _file.Length - _at - FrameBytes)
        {
            throw PictureHeader.Truncated(_name, _file.Length,
                $"the chunk {Name(type)} at byte {_at:N0} should go on to byte {_at + FrameBytes + length:N0}");
        }

        var body = _file.Slice(_at + 8, (int)length);
        CheckSum(type, body);
        _at += FrameBytes + (int)length;
        Take(type, body, limits);
        return !type.SequenceEqual("IEND"u8);
    }

    void Take(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, PictureLimits limits)
    {
        if (_width == 0) TakeImageHeader(type, body, limits);
        else if (type.SequenceEqual("tRNS"u8)) _alpha = true;
        else if (type.SequenceEqual("IDAT"u8)) _pixels = true;
        else if (type.SequenceEqual("eXIf"u8)) _orientation = ExifOrientation.Read(body);
    }

    void TakeImageHeader(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, PictureLimits limits)
    {
        if (!type.SequenceEqual("IHDR"u8) || body.Length != 13)
            throw PictureHeader.Damaged(_name, $"its first chunk is {Name(type)}, {body.Length} bytes, not IHDR, 13");

        var width = BinaryPrimitives.ReadUInt32BigEndian(body);
        var height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        if (width == 0 || height == 0) throw PictureHeader.Damaged(_name, $"it declares {width} x {height} pixels");

        limits.CheckSize(_name, width, height);
        (_width, _height, _bits, _alpha) = ((int)width, (int)height, body[8], (body[9] & 4) != 0);
    }

    readonly void CheckType(ReadOnlySpan<byte> type)
    {
        foreach (var letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
                throw PictureHeader.Damaged(_name, $"no chunk begins at byte {_at:N0}");
        }
    }

    /// <summary>
    /// Chunks in small letters are ornaments (5.4): a wrong checksum there costs no pixel. Transparency alone is not
    /// one.
    /// </summary>
    readonly void CheckSum(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        if (IsOrnament(type)) return;

        var stored = BinaryPrimitives.ReadUInt32BigEndian(_file[(_at + 8 + body.Length)..]);
        if (Crc(_file.Slice(_at + 4, body.Length + 4)) != stored)
            throw PictureHeader.Damaged(_name, $"the chunk {Name(type)} at byte {_at:N0} does not match its checksum");
    }

    static bool IsOrnament(ReadOnlySpan<byte> type) =>
        char.IsAsciiLetterLower((char)type[0]) && !type.SequenceEqual("tRNS"u8);

    static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * CrcPolynomial);
            table[i] = crc;
        }

        return table;
    }

    static string Name(ReadOnlySpan<byte> type) => System.Text.Encoding.ASCII.GetString(type);
}

using System.Buffers.Binary;

namespace EdgeFace.Capture;

/// <summary>
/// The markers of a JPEG (ITU-T T.81, annex B) from SOI to EOI. libjpeg paints what is missing grey and says nothing,
/// so the end is looked for before it is asked.
/// </summary>
ref struct JpegStructure
{
    const int SignatureBytes = 2;
    const byte EndOfImage = 0xD9, StartOfScan = 0xDA, App1 = 0xE1, App14 = 0xEE;

    readonly ReadOnlySpan<byte> _file;
    readonly string _name;
    int _at, _width, _height, _components, _orientation;
    bool _inverted, _scanned;

    JpegStructure(ReadOnlySpan<byte> file, string name)
    {
        _file = file;
        (_name, _at, _orientation) = (name, SignatureBytes, ExifOrientation.Upright);
    }

    public static PictureHeader Walk(ReadOnlySpan<byte> file, string name, PictureLimits limits)
    {
        var structure = new JpegStructure(file, name);
        for (var marker = structure.NextMarker(); marker != EndOfImage; marker = structure.NextMarker())
            structure.Take(marker, structure.NextSegment(), limits);

        return structure.Header();
    }

    /// <summary>
    /// The next marker that is not filler, restart or a 0xFF of coded pixels (B.1.1.2, B.1.1.5). Stray bytes between
    /// two segments are passed over as libjpeg does: real cameras write them.
    /// </summary>
    byte NextMarker()
    {
        while (true)
        {
            var skip = _file[_at..].IndexOf((byte)0xFF);
            if (skip < 0 || _at + skip + 1 >= _file.Length)
                throw CutOff("a JPEG ends with the marker FF D9, which never came");

            _at += skip + 1;
            var marker = _file[_at];
            if (marker == 0xFF) continue;

            _at++;
            if (marker is not (0x00 or 0x01 or (>= 0xD0 and <= 0xD8))) return marker;
        }
    }

    /// <summary>What follows the marker and its two bytes of length.</summary>
    ReadOnlySpan<byte> NextSegment()
    {
        if (_at + 2 > _file.Length) throw CutOff("a segment begins and has no length");

        var length = BinaryPrimitives.ReadUInt16BigEndian(_file[_at..]);
        if (length < 2)
            throw PictureHeader.Damaged(_name, $"the segment at byte {_at - 2:N0} gives its length as {length}");

        if (_at + length > _file.Length)
        {
            throw CutOff($"the segment at byte {_at - 2:N0} should go on to byte {_at + length:N0}");
        }

        var segment = _file.Slice(_at + 2, length - 2);
        _at += length;
        return segment;
    }

    void Take(byte marker, ReadOnlySpan<byte> segment, PictureLimits limits)
    {
        if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC)) TakeFrameHeader(segment, limits);
        else if (marker == StartOfScan) _scanned = true;
        else if (marker == App1 && segment.StartsWith("Exif\0\0"u8)) _orientation = ExifOrientation.Read(segment[6..]);
        else if (marker == App14 && segment.StartsWith("Adobe"u8)) _inverted = true;
    }

    void TakeFrameHeader(ReadOnlySpan<byte> segment, PictureLimits limits)
    {
        if (segment.Length < 6) throw PictureHeader.Damaged(_name, "its frame header is too short");
        if (_width != 0) throw PictureHeader.Damaged(_name, "it has two frame headers");
        if (segment[0] != 8)
        {
            throw new PictureException(PictureFault.Foreign,
                $"{_name} is a JPEG of {segment[0]} bits a sample; 8 can be read. Save it as an ordinary JPEG or PNG.");
        }

        _height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        _width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        _components = segment[5];
        if (_width == 0 || _height == 0) throw PictureHeader.Damaged(_name, $"it declares {_width} x {_height} pixels");

        limits.CheckSize(_name, _width, _height);
    }

    readonly PictureException CutOff(string wanted) => PictureHeader.Truncated(_name, _file.Length, wanted);

    readonly PictureHeader Header()
    {
        if (_width == 0 || !_scanned) throw PictureHeader.Damaged(_name, "it ends before any pixels");

        // The decoder takes 255 for no ink, as Adobe writes it. Without Adobe's marker it may be all ink: a negative.
        if (_components == 4 && !_inverted)
        {
            throw new PictureException(PictureFault.Foreign,
                $"{_name} is a CMYK JPEG that does not say which way round its inks are. "
                + "Save it as an RGB JPEG or PNG.");
        }

        return new PictureHeader(MediaFormat.Jpeg, _width, _height, BitsPerSample: 8, HasAlpha: false, _orientation);
    }
}

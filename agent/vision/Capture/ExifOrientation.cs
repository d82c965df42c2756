using System.Buffers.Binary;
using OpenCvSharp;

namespace EdgeFace.Capture;

/// <summary>
/// How a camera was held (Exif 2.32, tag 0x0112): 1 is upright, 2..8 are the other turns and mirrorings.
/// </summary>
static class ExifOrientation
{
    public const int Upright = 1;

    const ushort Tag = 0x0112, ShortType = 3;

    /// <summary>From the TIFF block of an Exif segment. A block that cannot be read turns nothing.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8) return Upright;

        var little = tiff.StartsWith("II*\0"u8);
        if (!little && !tiff.StartsWith("MM\0*"u8)) return Upright;

        var at = little
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (at > tiff.Length - 2) return Upright;

        var entries = tiff[((int)at + 2)..];
        var left = Short(tiff[(int)at..], little);
        for (; left > 0 && entries.Length >= 12; left--, entries = entries[12..])
        {
            if (Short(entries, little) != Tag || Short(entries[2..], little) != ShortType) continue;

            var value = Short(entries[8..], little);
            return value is >= 1 and <= 8 ? value : Upright;
        }

        return Upright;
    }

    /// <summary>Orientations 5..8 lie on their side.</summary>
    public static bool SwapsSides(int orientation) => orientation >= 5;

    /// <summary>
    /// Turns <paramref name="stored"/> upright into <paramref name="upright"/>, which has its memory already.
    /// </summary>
    public static void Apply(int orientation, Mat stored, Mat upright)
    {
        switch (orientation)
        {
            case 2: Cv2.Flip(stored, upright, FlipMode.Y); break;
            case 3: Cv2.Rotate(stored, upright, RotateFlags.Rotate180); break;
            case 4: Cv2.Flip(stored, upright, FlipMode.X); break;
            case 5: Cv2.Transpose(stored, upright); break;
            case 6: Cv2.Rotate(stored, upright, RotateFlags.Rotate90Clockwise); break;
            case 7:
                Cv2.Transpose(stored, upright);
                Cv2.Rotate(upright, upright, RotateFlags.Rotate180);
                break;
            case 8: Cv2.Rotate(stored, upright, RotateFlags.Rotate90Counterclockwise); break;
            default: stored.CopyTo(upright); break;
        }
    }

    static ushort Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}

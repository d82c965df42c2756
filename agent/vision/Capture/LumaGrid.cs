using System.Runtime.InteropServices;

namespace EdgeFace.Capture;

/// <summary>
/// The brightness of a picture at 64 x 48 points: cheap at any size of picture, and enough to tell whether two pictures
/// of a sensor are one and the same, since noise never falls twice alike at three thousand points.
/// </summary>
sealed class LumaGrid
{
    public const int Columns = 64, Rows = 48, Points = Columns * Rows;

    readonly byte[] _values = new byte[Points];

    public ReadOnlySpan<byte> Values => _values;

    public double Mean { get; private set; }

    public double Deviation { get; private set; }

    /// <summary>Equal for equal grids; for others it is one in 2^64.</summary>
    public ulong Hash { get; private set; }

    public void Read(Frame frame)
    {
        var pixels = frame.Pixels;
        var stride = frame.Stride;
        long sum = 0, squares = 0;
        for (var row = 0; row < Rows; row++)
        {
            var line = pixels.Slice((int)((row + 0.5) * frame.Height / Rows) * stride, stride);
            var values = _values.AsSpan(row * Columns, Columns);
            for (var column = 0; column < Columns; column++)
            {
                var pixel = line.Slice((int)((column + 0.5) * frame.Width / Columns) * 3, 3);
                var luma = ((pixel[0] * 29) + (pixel[1] * 150) + (pixel[2] * 77)) >> 8; // BT.601, in 256ths
                values[column] = (byte)luma;
                sum += luma;
                squares += luma * luma;
            }
        }

        Mean = sum / (double)Points;
        Deviation = Math.Sqrt(Math.Max(0, (squares / (double)Points) - (Mean * Mean)));
        Hash = HashOf(_values);
    }

    public double DistanceTo(ReadOnlySpan<byte> other)
    {
        var sum = 0;
        for (var i = 0; i < _values.Length; i++) sum += Math.Abs(_values[i] - other[i]);
        return sum / (double)Points;
    }

    static ulong HashOf(ReadOnlySpan<byte> values)
    {
        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(values))
        {
            hash = (hash ^ word) * 0x9E37_79B9_7F4A_7C15;
            hash ^= hash >> 32;
        }

        return hash;
    }
}

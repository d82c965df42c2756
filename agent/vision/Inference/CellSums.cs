using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeFace.Inference;

/// <summary>
/// Sums of the taps x taps pixels that a cell of the input covers in the frame, for any turn; four cells at once.
/// </summary>
readonly ref struct CellSums
{
    readonly FramePixels _source;
    readonly Matrix3x2 _toFrame;
    readonly Vector2 _across, _down;
    readonly int _taps;
    readonly float _middle;

    public CellSums(in FramePixels source, in Matrix3x2 toFrame, int taps)
    {
        var step = 1f / taps;
        _source = source;
        (_toFrame, _taps, _middle) = (toFrame, taps, step / 2);
        _across = new Vector2(toFrame.M11, toFrame.M12) * step;
        _down = new Vector2(toFrame.M21, toFrame.M22) * step;
        Share = step * step;
    }

    /// <summary>One over the pixels of a cell.</summary>
    public float Share { get; }

    /// <summary>Of the cell at x, y and the three to its right: blue in the lowest 16 bits, green, red.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Sum(
        int x, int y, out ulong first, out ulong second, out ulong third, out ulong fourth)
    {
        var (one, two, three, four) =
            (Vector128<ushort>.Zero, Vector128<ushort>.Zero, Vector128<ushort>.Zero, Vector128<ushort>.Zero);
        var cellX = Vector128.Create(x + _middle, x + 1 + _middle, x + 2 + _middle, x + 3 + _middle);
        var cellY = Vector128.Create(y + _middle);
        var rowX = Vector128.MultiplyAddEstimate(Vector128.Create(_toFrame.M21), cellY, cellX * _toFrame.M11)
            + Vector128.Create(_toFrame.M31);
        var rowY = Vector128.MultiplyAddEstimate(Vector128.Create(_toFrame.M22), cellY, cellX * _toFrame.M12)
            + Vector128.Create(_toFrame.M32);
        for (var j = 0; j < _taps; j++)
        {
            var (atX, atY) = (rowX, rowY);
            for (var i = 0; i < _taps; i++)
            {
                var column = Vector128.ConvertToInt32Native(Vector128.Floor(atX));
                var row = Vector128.ConvertToInt32Native(Vector128.Floor(atY));
                if (_source.Holds(column, row))
                {
                    var offset = (row * _source.Width + column) * 3;
                    one += Wide(_source.Inside(offset[0]));
                    two += Wide(_source.Inside(offset[1]));
                    three += Wide(_source.Inside(offset[2]));
                    four += Wide(_source.Inside(offset[3]));
                }
                else
                {
                    one += Wide(_source.At(column[0], row[0]));
                    two += Wide(_source.At(column[1], row[1]));
                    three += Wide(_source.At(column[2], row[2]));
                    four += Wide(_source.At(column[3], row[3]));
                }

                atX += Vector128.Create(_across.X);
                atY += Vector128.Create(_across.Y);
            }

            rowX += Vector128.Create(_down.X);
            rowY += Vector128.Create(_down.Y);
        }

        (first, second) = (one.AsUInt64().ToScalar(), two.AsUInt64().ToScalar());
        (third, fourth) = (three.AsUInt64().ToScalar(), four.AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<ushort> Wide(uint pixel) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte());
}

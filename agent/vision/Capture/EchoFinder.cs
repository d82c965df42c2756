using System.Numerics;

namespace EdgeFace.Capture;

/// <summary>
/// Finds a moving picture that resembles what came before but is not the same bit by bit: a recording that was encoded
/// again, or taken from a screen by a grabber. For every distance back in time it keeps how far the last seconds are from
/// the seconds then. Life gives no sharp hollow there: a person who does the same again does it a little otherwise.
/// A lamp that blinks or a camera that sets its exposure does the same exactly, so brightness and contrast of the picture as a whole
/// are taken out of it first: only what moves within it counts.
/// </summary>
/// <param name="frames">How many pictures it remembers.</param>
/// <param name="ratio">How deep the hollow must be against one second before and after it.</param>
sealed class EchoFinder(int frames, double ratio)
{
    const int Columns = 16, Rows = 12, Blocks = Columns * Rows;
    const int CellColumns = LumaGrid.Columns / Columns, CellRows = LumaGrid.Rows / Rows;

    /// <summary>Mean difference of luma, at the contrast below, from which the picture moves, well above a sensor's noise.</summary>
    const float MotionMin = 2;

    /// <summary>Standard deviation of luma to which each picture is brought; that of a room in daylight.</summary>
    const float Contrast = 32;

    /// <summary>A picture flatter than this is brought no farther: nothing but noise is left in it.</summary>
    const float DeviationMin = 4;

    readonly byte[] _blocks = new byte[frames * Blocks];
    readonly float[] _distances = new float[frames + 1]; // by how many pictures back
    readonly float[] _luma = new float[Blocks];
    readonly byte[] _now = new byte[Blocks];
    int _count, _next;

    /// <param name="grid">Of the picture.</param>
    /// <param name="window">How many pictures must resemble.</param>
    /// <param name="second">How many pictures are a second.</param>
    /// <returns>Whether the last <paramref name="window"/> pictures are an echo.</returns>
    public bool Add(ReadOnlySpan<byte> grid, int window, int second)
    {
        ReadBlocks(grid);
        for (var back = 1; back <= _count; back++)
        {
            var then = _blocks.AsSpan((_next - back + frames) % frames * Blocks, Blocks);
            var pictures = Math.Min(window, _count - back + 1);
            _distances[back] += (Distance(_now, then) - _distances[back]) / pictures;
        }

        _now.CopyTo(_blocks.AsSpan(_next * Blocks));
        _next = (_next + 1) % frames;
        if (_count < frames) _distances[++_count] = 0;
        return IsEcho(window, second);
    }

    bool IsEcho(int window, int second)
    {
        var oldest = _count - window; // farther back nothing was seen for a whole window yet
        var from = Math.Max(window, second + 1);
        for (var back = from; back <= oldest; back++)
        {
            var around = Math.Min(_distances[back - second], back + second <= oldest ? _distances[back + second] : float.MaxValue);
            if (around > MotionMin && _distances[back] < ratio * around) return true;
        }

        return false;
    }

    void ReadBlocks(ReadOnlySpan<byte> grid)
    {
        for (var block = 0; block < Blocks; block++)
        {
            var at = (block / Columns * CellRows * LumaGrid.Columns) + (block % Columns * CellColumns);
            var sum = 0;
            for (var row = 0; row < CellRows; row++)
            {
                foreach (var value in grid.Slice(at + (row * LumaGrid.Columns), CellColumns)) sum += value;
            }

            _luma[block] = sum / (float)(CellColumns * CellRows);
        }

        Level();
    }

    void Level()
    {
        float sum = 0, squares = 0;
        foreach (var luma in _luma) (sum, squares) = (sum + luma, squares + (luma * luma));
        var mean = sum / Blocks;
        var gain = Contrast / Math.Max(DeviationMin, MathF.Sqrt(Math.Max(0, (squares / Blocks) - (mean * mean))));
        for (var block = 0; block < Blocks; block++) _now[block] = (byte)Math.Clamp(128 + ((_luma[block] - mean) * gain), 0, 255);
    }

    static float Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = Vector<ushort>.Zero; // at most 192 x 255 in all: it fits
        for (var i = 0; i < Blocks; i += Vector<byte>.Count)
        {
            var (left, right) = (new Vector<byte>(a[i..]), new Vector<byte>(b[i..]));
            Vector.Widen(Vector.Max(left, right) - Vector.Min(left, right), out var low, out var high);
            sum += low + high;
        }

        return Vector.Sum(sum) / (float)Blocks;
    }
}

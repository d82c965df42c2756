using System.Numerics;
using EdgeFace.Alignment;
using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// The luma of an aligned face at 64 x 64 points, smoothed twice: finely against noise, and coarsely, so that a shift of several
/// points can still be found. The same memory for every frame; one thread at a time.
/// </summary>
sealed class FacePatch
{
    public const int Size = 64, Points = Size * Size;

    /// <summary>The chip that the embedders' alignment is written for, in its own pixels.</summary>
    const float ChipPixels = 112;

    /// <summary>From the brows to the chin and from cheek to cheek, in points: what must lie within the frame.</summary>
    const float Left = 10, Top = 14, Right = 54, Bottom = 63;

    /// <summary>Normal curves of 1 and 3 points, one half and the middle.</summary>
    static readonly float[] Fine = Bell(1), Coarse = Bell(3);

    readonly TensorWriter _writer = new(new ModelInput(Size, Size, ColourOrder.Grey, [0], [1]));
    readonly float[] _luma = new float[Points];
    readonly float[] _rows = new float[Points];
    readonly float[] _fine = new float[Points];
    readonly float[] _coarse = new float[Points];

    public ReadOnlySpan<float> FineLuma => _fine;

    public ReadOnlySpan<float> CoarseLuma => _coarse;

    /// <returns>False where the face is cut off by an edge of the frame: what lies beyond is unknown.</returns>
    public bool TryRead(Frame frame, in FaceChip chip)
    {
        var toFrame = Matrix3x2.CreateScale(ChipPixels / Size) * chip.ToFrame;
        if (!IsWithin(frame, toFrame)) return false;

        _writer.Write(frame, toFrame, _luma);
        Smooth(_luma, _fine, Fine);
        Smooth(_luma, _coarse, Coarse);
        return true;
    }

    static bool IsWithin(Frame frame, in Matrix3x2 toFrame)
    {
        ReadOnlySpan<Vector2> corners = [new(Left, Top), new(Right, Top), new(Left, Bottom), new(Right, Bottom)];
        foreach (var corner in corners)
        {
            var at = Vector2.Transform(corner, toFrame);
            if (!(at.X >= 0 && at.Y >= 0 && at.X <= frame.Width && at.Y <= frame.Height)) return false;
        }

        return true;
    }

    void Smooth(ReadOnlySpan<float> from, Span<float> to, ReadOnlySpan<float> bell)
    {
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var sum = bell[0] * from[y * Size + x];
                for (var i = 1; i < bell.Length; i++)
                    sum += bell[i] * (from[y * Size + Math.Max(0, x - i)] + from[y * Size + Math.Min(Size - 1, x + i)]);
                _rows[y * Size + x] = sum;
            }
        }

        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var sum = bell[0] * _rows[y * Size + x];
                for (var i = 1; i < bell.Length; i++)
                    sum += bell[i] * (_rows[Math.Max(0, y - i) * Size + x] + _rows[Math.Min(Size - 1, y + i) * Size + x]);
                to[y * Size + x] = sum;
            }
        }
    }

    static float[] Bell(float deviation)
    {
        var bell = new float[(int)MathF.Ceiling(2.5f * deviation) + 1];
        for (var i = 0; i < bell.Length; i++) bell[i] = MathF.Exp(-i * i / (2 * deviation * deviation));
        var sum = 2 * bell.Sum() - bell[0];
        for (var i = 0; i < bell.Length; i++) bell[i] /= sum;
        return bell;
    }
}

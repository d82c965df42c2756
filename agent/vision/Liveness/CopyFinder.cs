using System.Numerics;
using System.Numerics.Tensors;
using EdgeFace.Capture;
using EdgeFace.Detection;
using EdgeFace.Inference;

namespace EdgeFace.Liveness;

/// <summary>
/// How much of a face's detail in one picture is the same in another: the greatest normalised cross-correlation (Lewis, "Fast
/// normalized cross-correlation", 1995) over shifts and sizes, with each colour and with luma. Only detail is compared, since the
/// shading of a face is much the same in any light. It allocates nothing; one thread at a time.
/// </summary>
sealed class CopyFinder
{
    /// <summary>Pixels to the face's box, and to the part of the other picture that is searched around it.</summary>
    const int Side = 32, Search = 48, Shifts = Search - Side + 1;

    /// <summary>
    /// Half the sides of two squares: detail is what is smaller than the larger (7 pixels, a fifth of a face), and larger than the
    /// smaller, since the registration is no better than that.
    /// </summary>
    const int Near = 1, Around = 3;

    /// <summary>Under this deviation of detail there is nothing to compare, only noise.</summary>
    const float DetailMin = 2;

    /// <summary>Sizes of the face that are tried, as the registration may be off.</summary>
    static readonly float[] Sizes = [0.87f, 1, 1.15f];

    readonly TensorWriter _colours = new(new ModelInput(Side, Side, ColourOrder.Bgr, [0], [1]));
    readonly TensorWriter _greys = new(new ModelInput(Search, Search, ColourOrder.Grey, [0], [1]));
    readonly float[] _planes = new float[4 * Side * Side];
    readonly float[] _face = new float[4 * Side * Side];
    readonly float[] _grey = new float[Search * Search];
    readonly float[] _field = new float[Search * Search];

    /// <returns>-1..1; NaN where the visible face has no detail to compare by.</returns>
    public float Correlation(Frame visible, in FaceBox face, Frame second, in FaceBox place)
    {
        if (!ReadFace(visible, face)) return float.NaN;

        var most = -1f;
        foreach (var size in Sizes)
        {
            _greys.Write(second, Patch(place, size * Search / Side, Search), _grey);
            Detail(_grey, Search, _field);
            for (var y = 0; y < Shifts; y++)
            {
                for (var x = 0; x < Shifts; x++) most = Math.Max(most, At(x, y));
            }
        }

        return most;
    }

    /// <summary>Maps a square of pixels to the box, enlarged about its centre.</summary>
    internal static Matrix3x2 Patch(in FaceBox box, float enlarge, int side)
    {
        var (width, height) = (box.Width * enlarge, box.Height * enlarge);
        return Matrix3x2.CreateScale(width / side, height / side)
            * Matrix3x2.CreateTranslation(box.CentreX - width / 2, box.CentreY - height / 2);
    }

    /// <summary>Blue, green, red and luma, each of no mean and unit length, or of nothing where it has no detail.</summary>
    bool ReadFace(Frame visible, in FaceBox face)
    {
        const int Plane = Side * Side;
        _colours.Write(visible, Patch(face, 1, Side), _planes.AsSpan(0, 3 * Plane));
        var luma = _planes.AsSpan(3 * Plane, Plane);
        for (var i = 0; i < Plane; i++)
            luma[i] = 0.114f * _planes[i] + 0.587f * _planes[Plane + i] + 0.299f * _planes[2 * Plane + i];

        var any = false;
        for (var plane = 0; plane < 4; plane++)
        {
            var detail = _face.AsSpan(plane * Plane, Plane);
            Detail(_planes.AsSpan(plane * Plane, Plane), Side, detail);
            TensorPrimitives.Subtract(detail, TensorPrimitives.Sum<float>(detail) / Plane, detail);
            var length = TensorPrimitives.Norm<float>(detail);
            var has = length >= DetailMin * Side;
            any |= has;
            TensorPrimitives.Multiply(detail, has ? 1 / length : 0, detail);
        }

        return any;
    }

    /// <summary>The mean of a small square less that of a large one around it.</summary>
    static void Detail(ReadOnlySpan<float> from, int side, Span<float> to)
    {
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++) to[y * side + x] = Mean(from, side, x, y, Near) - Mean(from, side, x, y, Around);
        }
    }

    static float Mean(ReadOnlySpan<float> from, int side, int x, int y, int half)
    {
        var (left, right) = (Math.Max(0, x - half), Math.Min(side - 1, x + half));
        var (top, bottom) = (Math.Max(0, y - half), Math.Min(side - 1, y + half));
        var sum = 0f;
        for (var v = top; v <= bottom; v++) sum += TensorPrimitives.Sum(from.Slice(v * side + left, right - left + 1));
        return sum / ((right - left + 1) * (bottom - top + 1));
    }

    float At(int left, int top)
    {
        const int Plane = Side * Side;
        var (sum, squares, blue, green, red, luma) = (0f, 0f, 0f, 0f, 0f, 0f);
        for (var y = 0; y < Side; y++)
        {
            var row = _field.AsSpan((top + y) * Search + left, Side);
            sum += TensorPrimitives.Sum<float>(row);
            squares += TensorPrimitives.Dot<float>(row, row);
            blue += TensorPrimitives.Dot<float>(row, _face.AsSpan(y * Side, Side));
            green += TensorPrimitives.Dot<float>(row, _face.AsSpan(Plane + y * Side, Side));
            red += TensorPrimitives.Dot<float>(row, _face.AsSpan(2 * Plane + y * Side, Side));
            luma += TensorPrimitives.Dot<float>(row, _face.AsSpan(3 * Plane + y * Side, Side));
        }

        var length = MathF.Sqrt(MathF.Max(0, squares - sum * sum / Plane));
        return length > 1e-3f * Side ? Math.Max(Math.Max(blue, green), Math.Max(red, luma)) / length : 0;
    }
}

using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Liveness;

/// <summary>
/// The distances of a face, averaged in cells of its box's ellipse, with the noise that is left in a cell. It allocates nothing;
/// one thread at a time.
/// </summary>
sealed class ReliefGrid
{
    const int Side = 14, Samples = 4;
    public const int CellsMost = Side * Side;

    /// <summary>Of the box's half sides: hair, ears and background stay out.</summary>
    const float Ellipse = 0.85f;

    /// <summary>Distances of a face at a door, in millimetres.</summary>
    const int Nearest = 150, Farthest = 4000;

    readonly float[] _u = new float[CellsMost], _v = new float[CellsMost], _millimetres = new float[CellsMost];
    int _cells;

    /// <summary>Of the cells that have distances; -1..1 across the box.</summary>
    public ReadOnlySpan<float> U => _u.AsSpan(0, Count);

    public ReadOnlySpan<float> V => _v.AsSpan(0, Count);

    public ReadOnlySpan<float> Millimetres => _millimetres.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Share of the ellipse's cells that have distances.</summary>
    public float Valid => (float)Count / _cells;

    /// <summary>Share of pixels that are no distances at all.</summary>
    public float Foreign { get; private set; }

    /// <summary>
    /// Standard deviation of a cell's mean: from neighbours within a cell, which differ by the noise of two of them.
    /// </summary>
    public float Noise { get; private set; }

    public void Read(Frame depth, in FaceBox place)
    {
        (Count, _cells) = (0, 0);
        var (foreign, looked, squares, pairs) = (0, 0, 0f, 0);
        var pixels = depth.Pixels;
        for (var cell = 0; cell < CellsMost; cell++)
        {
            var (u, v) = (Across(cell % Side + 0.5f), Across(cell / Side + 0.5f));
            if (u * u + v * v > Ellipse * Ellipse) continue;

            _cells++;
            var (sum, count) = (0f, 0);
            for (var row = 0; row < Samples; row++)
            {
                int? before = null;
                for (var column = 0; column < Samples; column++)
                {
                    looked++;
                    var at = PixelAt(depth, place, cell % Side + (column + 0.5f) / Samples, cell / Side + (row + 0.5f) / Samples);
                    var distance = at < 0 ? 0 : pixels[at] + (pixels[at + 1] << 8);
                    if (at >= 0 && pixels[at + 2] != 0) foreign++;
                    if (distance is < Nearest or > Farthest)
                    {
                        before = null;
                        continue;
                    }

                    if (before is { } other) (squares, pairs) = (squares + (distance - other) * (distance - other), pairs + 1);
                    (sum, count, before) = (sum + distance, count + 1, distance);
                }
            }

            if (count * 2 < Samples * Samples) continue;

            (_u[Count], _v[Count], _millimetres[Count]) = (u, v, sum / count);
            Count++;
        }

        Foreign = (float)foreign / looked;
        Noise = pairs == 0 ? float.NaN : MathF.Sqrt(squares / (2 * pairs)) / Samples;
    }

    /// <returns>Share of all cells that are within so much of a distance; the others are dropped.</returns>
    public float KeepAround(float millimetres, float most)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (MathF.Abs(_millimetres[i] - millimetres) > most) continue;

            (_u[kept], _v[kept], _millimetres[kept]) = (_u[i], _v[i], _millimetres[i]);
            kept++;
        }

        Count = kept;
        return Valid;
    }

    static float Across(float cell) => cell * 2 / Side - 1;

    static int PixelAt(Frame depth, in FaceBox place, float across, float down)
    {
        var x = (int)MathF.Floor(place.Left + across / Side * place.Width);
        var y = (int)MathF.Floor(place.Top + down / Side * place.Height);
        return (uint)x < (uint)depth.Width && (uint)y < (uint)depth.Height ? y * depth.Stride + x * 3 : -1;
    }
}

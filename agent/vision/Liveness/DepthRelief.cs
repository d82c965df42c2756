using EdgeFace.Capture;
using EdgeFace.Detection;

namespace EdgeFace.Liveness;

/// <summary>
/// Whether what a depth camera sees has the relief of a head: after the best plane is taken away, and after the best sheet that is
/// bent about one axis is, millimetres must remain. A picture is flat, or tilted, or bent (a developable surface), and leaves
/// nothing. A nose stands out of a face by some 20 mm (Farkas, "Anthropometry of the head and face", 1994), and its cheeks fall
/// back by as much; a mask has all of that: this cue does not see it.
/// <para>A depth frame holds millimetres as blue + 256 x green, with red 0. The limits come from that anatomy and from
/// synthetic heads and sheets; no depth camera has been seen here.</para>
/// </summary>
public sealed class DepthRelief : IStreamCue
{
    /// <summary>From the 10th to the 90th percentile of what a plane leaves, in millimetres.</summary>
    const float ReliefMin = 12, ReliefMax = 90;

    /// <summary>Median of what a bent sheet leaves, in millimetres.</summary>
    const float BentMin = 2.2f;

    /// <summary>Share of the face that has to have distances, within so many millimetres of its middle.</summary>
    const float ValidMin = 0.6f, AroundMax = 120;

    /// <summary>Noise of a cell in millimetres above which nothing can be said.</summary>
    const float NoiseMax = 4;

    /// <summary>A pixel that has red is no distance; so many may have it.</summary>
    const float ForeignMax = 0.01f;

    /// <summary>Directions in which a sheet may be bent.</summary>
    const int Directions = 18;

    /// <summary>Rounds in which a plane is fitted anew without what lies far from it, as a finger.</summary>
    const int Rounds = 3;

    readonly ReliefGrid _grid = new();
    readonly LeastSquares _plane = new(3), _sheet = new(6);
    readonly float[] _left = new float[ReliefGrid.CellsMost];
    readonly float[] _sorted = new float[ReliefGrid.CellsMost];

    public bool IsBlank(Frame second) => !second.Pixels.ContainsAnyExcept((byte)0);

    public StreamReading Read(Frame visible, in FaceBox face, Frame second, in FaceBox place)
    {
        _grid.Read(second, place);
        if (!(_grid.Foreign <= ForeignMax)) return new(StreamFinding.Unproved, _grid.Foreign, ForeignMax);
        if (!(_grid.Valid >= ValidMin)) return new(StreamFinding.Blank, _grid.Valid, ValidMin);

        var near = _grid.KeepAround(Middle(_grid.Millimetres), AroundMax);
        if (!(near >= ValidMin)) return new(StreamFinding.Blank, near, ValidMin);
        if (!(_grid.Noise <= NoiseMax)) return new(StreamFinding.Blank, _grid.Noise, NoiseMax);

        FitPlane();
        var relief = Percentile(_left, 0.9f) - Percentile(_left, 0.1f) - 2 * _grid.Noise;
        if (!(relief >= ReliefMin)) return new(StreamFinding.Flat, relief, ReliefMin);
        if (!(relief <= ReliefMax)) return new(StreamFinding.Flat, relief, ReliefMax);

        var bent = LeastBent() - _grid.Noise;
        return new(bent >= BentMin ? StreamFinding.BonaFide : StreamFinding.Flat, bent, BentMin);
    }

    void FitPlane()
    {
        var limit = float.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            _plane.Clear();
            for (var i = 0; i < _grid.Count; i++)
            {
                if (round > 0 && MathF.Abs(_left[i]) > limit) continue;

                _plane.Add([1, _grid.U[i], _grid.V[i]], _grid.Millimetres[i]);
            }

            _plane.Solve();
            for (var i = 0; i < _grid.Count; i++) _left[i] = _grid.Millimetres[i] - _plane.At([1, _grid.U[i], _grid.V[i]]);
            // Of a normal distribution, 1.48 medians are one deviation.
            limit = 2.5f * 1.48f * MiddleOfSizes();
        }
    }

    /// <summary>
    /// Of all directions the one in which a sheet fits best: any profile across the axis, as a polynomial of the fourth degree, and
    /// any slope along it.
    /// </summary>
    float LeastBent()
    {
        var least = float.MaxValue;
        Span<float> profile = stackalloc float[6];
        for (var direction = 0; direction < Directions; direction++)
        {
            var (sin, cos) = MathF.SinCos(direction * MathF.PI / Directions);
            _sheet.Clear();
            for (var i = 0; i < _grid.Count; i++) _sheet.Add(Profile(i, sin, cos, profile), _grid.Millimetres[i]);
            _sheet.Solve();
            for (var i = 0; i < _grid.Count; i++) _left[i] = _grid.Millimetres[i] - _sheet.At(Profile(i, sin, cos, profile));
            least = Math.Min(least, MiddleOfSizes());
        }

        return least;
    }

    ReadOnlySpan<float> Profile(int cell, float sin, float cos, Span<float> into)
    {
        var (u, v) = (_grid.U[cell], _grid.V[cell]);
        var (across, along) = (u * cos + v * sin, v * cos - u * sin);
        (into[0], into[1], into[2], into[3], into[4], into[5]) =
            (1, along, across, across * across, across * across * across, across * across * across * across);
        return into;
    }

    float Middle(ReadOnlySpan<float> values) => Percentile(values, 0.5f);

    float MiddleOfSizes()
    {
        var sizes = _sorted.AsSpan(0, _grid.Count);
        for (var i = 0; i < sizes.Length; i++) sizes[i] = MathF.Abs(_left[i]);
        sizes.Sort();
        return sizes[sizes.Length / 2];
    }

    float Percentile(ReadOnlySpan<float> values, float share)
    {
        var sorted = _sorted.AsSpan(0, _grid.Count);
        values[.._grid.Count].CopyTo(sorted);
        sorted.Sort();
        return sorted[(int)(share * (sorted.Length - 1) + 0.5f)];
    }
}

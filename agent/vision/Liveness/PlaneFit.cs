using System.Numerics;

namespace EdgeFace.Liveness;

/// <summary>
/// Lays later pictures of a face over a first one as far as a flat picture can be moved before a camera: by a homography. It is
/// found by the inverse compositional algorithm (Baker and Matthews, "Lucas-Kanade 20 years on: a unifying framework", 2004) on
/// pictures of mean 0 and variance 1, so that light and exposure drop out. What is left is none of a plane's motion.
/// </summary>
sealed class PlaneFit
{
    const int Size = FacePatch.Size, Half = Size / 2, Parameters = 8;
    const int RoundsCoarse = 8, RoundsFine = 8;

    /// <summary>Face without hair, ears and background: an ellipse about the nose of the aligned face.</summary>
    static readonly int[] Inside = [.. Enumerable.Range(0, Size * Size).Where(IsInside)];

    /// <summary>At so few points in common, two pictures cannot be compared.</summary>
    static readonly int CommonMin = Inside.Length * 7 / 10;

    readonly Level _coarse = new(), _fine = new();
    readonly float[] _warped = new float[Size * Size];
    readonly float[] _left = new float[Size * Size];
    readonly bool[] _common = new bool[Size * Size];
    float _variance; // of the first picture in what is common

    /// <summary>The picture that others are laid over.</summary>
    public void Begin(FacePatch first)
    {
        _coarse.Begin(first.CoarseLuma);
        _fine.Begin(first.FineLuma);
    }

    /// <param name="later">The picture to be laid over the first.</param>
    /// <param name="motion">Where the search begins, and its end: points of the first to points of the later, the patch's middle
    /// 0, its edges -1 and 1, as row vectors.</param>
    /// <returns>What is left.</returns>
    public PlaneResidual Fit(FacePatch later, ref Matrix4x4 motion)
    {
        for (var round = 0; round < RoundsCoarse + RoundsFine; round++)
        {
            var isCoarse = round < RoundsCoarse;
            var level = isCoarse ? _coarse : _fine;
            if (!Warp(level, isCoarse ? later.CoarseLuma : later.FineLuma, motion)) return default;
            if (!level.Step(_warped, _common, ref motion)) return default;
        }

        return Warp(_fine, later.FineLuma, motion) ? Residual() : default;
    }

    /// <summary>The later picture as the first would show it, with mean and variance of the first in what they have in common.</summary>
    bool Warp(Level first, ReadOnlySpan<float> luma, in Matrix4x4 motion)
    {
        var (sum, squares, common) = (0f, 0f, 0);
        var (firstSum, firstSquares) = (0f, 0f);
        foreach (var point in Inside)
        {
            var (u, v) = At(point);
            var depth = u * motion.M14 + v * motion.M24 + motion.M44;
            var x = (u * motion.M11 + v * motion.M21 + motion.M41) / depth * Half + Half - 0.5f;
            var y = (u * motion.M12 + v * motion.M22 + motion.M42) / depth * Half + Half - 0.5f;
            _common[point] = x >= 0 && y >= 0 && x < Size - 1 && y < Size - 1;
            if (!_common[point]) continue;

            var (left, top) = ((int)x, (int)y);
            var (right, down, at) = (x - left, y - top, top * Size + left);
            var value = (luma[at] * (1 - right) + luma[at + 1] * right) * (1 - down)
                + (luma[at + Size] * (1 - right) + luma[at + Size + 1] * right) * down;
            var own = first.Value(point);
            _warped[point] = value;
            (sum, squares, common) = (sum + value, squares + value * value, common + 1);
            (firstSum, firstSquares) = (firstSum + own, firstSquares + own * own);
        }

        if (common < CommonMin) return false;

        var (mean, firstMean) = (sum / common, firstSum / common);
        _variance = MathF.Max(1e-3f, firstSquares / common - firstMean * firstMean);
        var gain = MathF.Sqrt(_variance / MathF.Max(1e-3f, squares / common - mean * mean));
        foreach (var point in Inside) _warped[point] = (_warped[point] - mean) * gain + firstMean;
        return float.IsFinite(gain);
    }

    PlaneResidual Residual()
    {
        foreach (var point in Inside)
        {
            var difference = _warped[point] - _fine.Value(point);
            _left[point] = difference * difference / (2 * _variance);
        }

        var (whole, all) = (0f, 0);
        foreach (var point in Inside)
            if (_common[point]) (whole, all) = (whole + _left[point], all + 1);

        const int Block = 8, BlockStep = 4, BlockPoints = 48;
        var most = 0f;
        for (var y = 0; y <= Size - Block; y += BlockStep)
        {
            for (var x = 0; x <= Size - Block; x += BlockStep)
            {
                var (sum, points) = (0f, 0);
                for (var i = 0; i < Block * Block; i++)
                {
                    var point = (y + i / Block) * Size + x + i % Block;
                    if (_common[point]) (sum, points) = (sum + _left[point], points + 1);
                }

                if (points >= BlockPoints) most = MathF.Max(most, sum / points);
            }
        }

        return new PlaneResidual(most, whole / all, Detail());
    }

    /// <summary>Squared steps from point to point, here against the first picture: less than 1 is less sharp.</summary>
    float Detail()
    {
        var (later, first) = (0f, 0f);
        foreach (var point in Inside)
        {
            if (!_common[point] || !_common[point + 1] || !_common[point + Size]) continue;

            later += Square(_warped[point + 1] - _warped[point]) + Square(_warped[point + Size] - _warped[point]);
            first += Square(_fine.Value(point + 1) - _fine.Value(point)) + Square(_fine.Value(point + Size) - _fine.Value(point));
        }

        return later / MathF.Max(1e-6f, first);
    }

    static float Square(float value) => value * value;

    static (float U, float V) At(int point) =>
        ((point % Size + 0.5f - Half) / Half, (point / Size + 0.5f - Half) / Half);

    static bool IsInside(int point)
    {
        var (u, v) = At(point);
        return Square(u / 0.7f) + Square((v - 0.22f) / 0.75f) <= 1;
    }

    /// <summary>The first picture at one smoothness, with all that does not change from picture to picture.</summary>
    sealed class Level
    {
        readonly float[] _value = new float[Size * Size];
        readonly float[] _slopes = new float[Size * Size * Parameters]; // "steepest descent images"
        readonly double[,] _root = new double[Parameters, Parameters]; // of the Hessian, by Cholesky: lower triangle

        public float Value(int point) => _value[point];

        public void Begin(ReadOnlySpan<float> luma)
        {
            var (sum, squares) = (0f, 0f);
            foreach (var point in Inside) (sum, squares) = (sum + luma[point], squares + luma[point] * luma[point]);
            var mean = sum / Inside.Length;
            var gain = 1 / MathF.Sqrt(MathF.Max(1e-3f, squares / Inside.Length - mean * mean));
            for (var point = 0; point < _value.Length; point++) _value[point] = (luma[point] - mean) * gain;

            Array.Clear(_root);
            foreach (var point in Inside)
            {
                var (u, v) = At(point);
                var across = (_value[point + 1] - _value[point - 1]) / 2 * Half;
                var down = (_value[point + Size] - _value[point - Size]) / 2 * Half;
                var towards = -(across * u + down * v);
                var slopes = _slopes.AsSpan(point * Parameters, Parameters);
                (slopes[0], slopes[1], slopes[2]) = (across * u, across * v, across);
                (slopes[3], slopes[4], slopes[5]) = (down * u, down * v, down);
                (slopes[6], slopes[7]) = (towards * u, towards * v);
                for (var i = 0; i < Parameters; i++)
                    for (var j = 0; j <= i; j++) _root[i, j] += slopes[i] * slopes[j];
            }

            Cholesky();
        }

        /// <summary>One step of Gauss and Newton towards the first picture.</summary>
        /// <returns>False where it leads to no numbers.</returns>
        public bool Step(ReadOnlySpan<float> warped, ReadOnlySpan<bool> common, ref Matrix4x4 motion)
        {
            Span<double> step = stackalloc double[Parameters];
            step.Clear();
            foreach (var point in Inside)
            {
                if (!common[point]) continue;

                var difference = warped[point] - _value[point];
                var slopes = _slopes.AsSpan(point * Parameters, Parameters);
                for (var i = 0; i < Parameters; i++) step[i] += slopes[i] * difference;
            }

            Solve(step);
            // Points as row vectors: (u, v, 0, 1).
            var change = new Matrix4x4(
                1 + (float)step[0], (float)step[3], 0, (float)step[6],
                (float)step[1], 1 + (float)step[4], 0, (float)step[7],
                0, 0, 1, 0,
                (float)step[2], (float)step[5], 0, 1);
            if (!Matrix4x4.Invert(change, out var back)) return false;

            motion = back * motion;
            motion *= 1 / motion.M44;
            motion.M33 = 1;
            return float.IsFinite(motion.GetDeterminant());
        }

        void Cholesky()
        {
            for (var i = 0; i < Parameters; i++) _root[i, i] = _root[i, i] * 1.0001 + 1e-6; // a picture without edges is no fault
            for (var i = 0; i < Parameters; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    var sum = _root[i, j];
                    for (var k = 0; k < j; k++) sum -= _root[i, k] * _root[j, k];
                    _root[i, j] = i == j ? Math.Sqrt(Math.Max(1e-12, sum)) : sum / _root[j, j];
                }
            }
        }

        void Solve(Span<double> values)
        {
            for (var i = 0; i < Parameters; i++)
            {
                for (var k = 0; k < i; k++) values[i] -= _root[i, k] * values[k];
                values[i] /= _root[i, i];
            }

            for (var i = Parameters - 1; i >= 0; i--)
            {
                for (var k = i + 1; k < Parameters; k++) values[i] -= _root[k, i] * values[k];
                values[i] /= _root[i, i];
            }
        }
    }
}

/// <summary>What a plane's motion leaves of the difference between two pictures of a face.</summary>
/// <param name="Most">In the block of an eighth of the face's width where it is most, as a share of the face's variance of luma;
/// 0 where nothing could be compared.</param>
/// <param name="Mean">The same over the whole face.</param>
/// <param name="Detail">How sharp the later picture is against the first, 1 the same; 0 where nothing could be compared.</param>
readonly record struct PlaneResidual(float Most, float Mean, float Detail);

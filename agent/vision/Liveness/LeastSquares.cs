namespace EdgeFace.Liveness;

/// <summary>
/// Fits a few coefficients by the normal equations, solved by Gauss with the largest pivot. It allocates nothing once made.
/// </summary>
sealed class LeastSquares(int terms)
{
    readonly double[] _sums = new double[terms * (terms + 1)];
    readonly double[] _found = new double[terms];

    public void Clear() => _sums.AsSpan().Clear();

    public void Add(ReadOnlySpan<float> row, float value)
    {
        for (var i = 0; i < terms; i++)
        {
            for (var k = 0; k < terms; k++) _sums[i * (terms + 1) + k] += (double)row[i] * row[k];
            _sums[i * (terms + 1) + terms] += (double)row[i] * value;
        }
    }

    /// <summary>What the equations do not determine becomes no number, and all that is compared with it fails.</summary>
    public void Solve()
    {
        var stride = terms + 1;
        for (var column = 0; column < terms; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < terms; row++)
                if (Math.Abs(_sums[row * stride + column]) > Math.Abs(_sums[pivot * stride + column])) pivot = row;
            for (var k = 0; k < stride; k++)
                (_sums[column * stride + k], _sums[pivot * stride + k]) = (_sums[pivot * stride + k], _sums[column * stride + k]);
            for (var row = 0; row < terms; row++)
            {
                if (row == column) continue;

                var share = _sums[row * stride + column] / _sums[column * stride + column];
                for (var k = column; k < stride; k++) _sums[row * stride + k] -= share * _sums[column * stride + k];
            }
        }

        for (var i = 0; i < terms; i++) _found[i] = _sums[i * stride + terms] / _sums[i * stride + i];
    }

    public float At(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        for (var i = 0; i < terms; i++) sum += _found[i] * row[i];
        return (float)sum;
    }
}

namespace EdgeFace.Matching;

/// <summary>The nearest row, and the nearest of another subject.</summary>
/// <param name="subjects">Number of each row's subject.</param>
/// <param name="rows">Room for two.</param>
ref struct NearestTwo(ReadOnlySpan<int> subjects, Span<int> rows) : IRanking
{
    readonly ReadOnlySpan<int> _subjects = subjects;
    readonly Span<int> _rows = rows;
    int _count;

    public float Best { get; private set; } = float.NegativeInfinity;

    /// <summary>Of the runner-up; negative infinity when there is none.</summary>
    public float Floor { get; private set; } = float.NegativeInfinity;

    public readonly ReadOnlySpan<int> Rows => _rows[.._count];

    public void Offer(int row, float similarity)
    {
        var sameSubject = _count > 0 && _subjects[row] == _subjects[_rows[0]];
        if (similarity > Best)
        {
            // The old best is the runner-up of a new one, unless it is the same person's.
            if (_count > 0 && !sameSubject) (_rows[1], Floor, _count) = (_rows[0], Best, 2);
            (_rows[0], Best, _count) = (row, similarity, Math.Max(_count, 1));
        }
        else if (!sameSubject && similarity > Floor)
        {
            (_rows[1], Floor, _count) = (row, similarity, 2);
        }
    }

    public void Clear() => (_count, Best, Floor) = (0, float.NegativeInfinity, float.NegativeInfinity);
}

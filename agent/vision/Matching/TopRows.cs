namespace EdgeFace.Matching;

/// <summary>The best k rows, as a heap whose root is the worst of them.</summary>
/// <param name="rows">Room for k.</param>
/// <param name="similarities">Room for k.</param>
ref struct TopRows(Span<int> rows, Span<float> similarities) : IRanking
{
    readonly Span<int> _rows = rows;
    readonly Span<float> _similarities = similarities;
    int _count;

    public readonly float Floor => _count == _rows.Length ? _similarities[0] : float.NegativeInfinity;

    public readonly ReadOnlySpan<int> Rows => _rows[.._count];

    public void Offer(int row, float similarity)
    {
        if (_count < _rows.Length)
        {
            Rise(_count++, row, similarity);
        }
        else if (similarity > _similarities[0])
        {
            Sink(row, similarity);
        }
    }

    public void Clear() => _count = 0;

    /// <summary>Takes out the worst.</summary>
    public (int Row, float Similarity) TakeWorst()
    {
        var worst = (_rows[0], _similarities[0]);
        _count--;
        if (_count > 0) Sink(_rows[_count], _similarities[_count]);
        return worst;
    }

    readonly void Rise(int at, int row, float similarity)
    {
        while (at > 0 && IsWorse(row, similarity, (at - 1) / 2))
        {
            Move((at - 1) / 2, at);
            at = (at - 1) / 2;
        }

        (_rows[at], _similarities[at]) = (row, similarity);
    }

    readonly void Sink(int row, float similarity)
    {
        var at = 0;
        while (2 * at + 1 < _count)
        {
            var child = 2 * at + 1;
            if (child + 1 < _count && IsWorse(_rows[child + 1], _similarities[child + 1], child)) child++;
            if (IsWorse(row, similarity, child)) break;

            Move(child, at);
            at = child;
        }

        (_rows[at], _similarities[at]) = (row, similarity);
    }

    readonly void Move(int from, int to) => (_rows[to], _similarities[to]) = (_rows[from], _similarities[from]);

    readonly bool IsWorse(int row, float similarity, int than) =>
        similarity < _similarities[than] || (similarity == _similarities[than] && row > _rows[than]);
}

namespace EdgeFace.Matching;

/// <summary>Keeps the best rows of those it is offered. Shipped twice: <see cref="NearestTwo"/> and <see cref="TopRows"/>.</summary>
interface IRanking
{
    /// <summary>A row below this changes nothing; negative infinity while there is room.</summary>
    float Floor { get; }

    /// <summary>Rows kept so far, in no order.</summary>
    ReadOnlySpan<int> Rows { get; }

    /// <summary>Rows come in ascending order: of equals, the first is the better.</summary>
    void Offer(int row, float similarity);

    void Clear();
}

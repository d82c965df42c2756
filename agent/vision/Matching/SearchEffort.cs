namespace EdgeFace.Matching;

/// <summary>What a search had to read beyond its first pass.</summary>
/// <param name="ByteRows">Rows that four bits could not rule out.</param>
/// <param name="FloatRows">Rows that eight bits could not rule out either.</param>
readonly record struct SearchEffort(int ByteRows, int FloatRows)
{
    public static SearchEffort operator +(SearchEffort left, SearchEffort right) =>
        new(left.ByteRows + right.ByteRows, left.FloatRows + right.FloatRows);
}

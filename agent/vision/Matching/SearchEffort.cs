namespace EdgeFace.Matching;

/// <summary>What a search had to read beyond its first pass.</summary>
/// <param name="FinerRows">Rows that four bits could not rule out.</param>
/// <param name="FloatRows">Rows that eight bits, the four and four more, could not rule out either.</param>
readonly record struct SearchEffort(int FinerRows, int FloatRows)
{
    public static SearchEffort operator +(SearchEffort left, SearchEffort right) =>
        new(left.FinerRows + right.FinerRows, left.FloatRows + right.FloatRows);
}

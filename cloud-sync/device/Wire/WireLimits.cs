namespace EdgeFace.Wire;

/// <summary>Limits that both ends keep.</summary>
static class WireLimits
{
    /// <summary>2^53 - 1: the largest whole number that every JSON reader keeps exact (RFC 8259, 6).</summary>
    public const long VersionMax = 9_007_199_254_740_991;
}

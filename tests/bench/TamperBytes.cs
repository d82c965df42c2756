namespace EdgeFace.Benchmarks;

/// <summary>Damage to the file itself, as a dying disk or a hex editor does it.</summary>
static class TamperBytes
{
    const int Page = 4096;

    /// <returns>What was done.</returns>
    public static string Do(ref byte[] bytes, Random random)
    {
        var pages = bytes.Length / Page;
        var (at, other) = (random.Next(pages) * Page, random.Next(pages) * Page);
        switch (random.Next(10))
        {
            case 0:
                bytes.AsSpan(at, Page).Clear();
                return $"page {at / Page} zeroed";
            case 1:
                var kept = bytes.AsSpan(at, Page).ToArray();
                bytes.AsSpan(other, Page).CopyTo(bytes.AsSpan(at, Page));
                kept.CopyTo(bytes.AsSpan(other, Page));
                return $"pages {at / Page} and {other / Page} exchanged";
            case 2:
                Array.Resize(ref bytes, at);
                return $"cut before page {at / Page}";
            default:
                var flips = random.Next(1, 9);
                for (var i = 0; i < flips; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return $"{flips} bits flipped";
        }
    }
}

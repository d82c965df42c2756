using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Subjects;

/// <summary>
/// A card as it is kept: HMAC-SHA256 of its number. The key is the device's own (<see cref="CardBook.KeyOf"/>) and goes with
/// the hash, sealed, so that an archive brings cards along. Card numbers are short: whoever opens the seal can try them all.
/// </summary>
/// <param name="Key">32 bytes.</param>
/// <param name="Hash">32 bytes.</param>
sealed record CardHash(byte[] Key, byte[] Hash)
{
    public const int Bytes = 32;
    const int NumberMax = 64;

    public bool IsWellFormed => Key.Length == Bytes && Hash.Length == Bytes;

    public static CardHash Of(string number, byte[] key) => new(key, HashOf(number, key));

    public static byte[] HashOf(string number, byte[] key) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(number));

    /// <summary>Readers write one card as 04:a2:2b or 04A22B. False: it is no number of 1 to 64 digits and letters.</summary>
    public static bool TryNormalise(string? text, out string number)
    {
        number = "";
        if (text is null || text.Length > NumberMax * 2) return false;

        number = string.Concat(text.Where(letter => letter is not (' ' or ':' or '-'))).ToUpperInvariant();
        return number.Length is > 0 and <= NumberMax && number.All(char.IsAsciiLetterOrDigit);
    }
}

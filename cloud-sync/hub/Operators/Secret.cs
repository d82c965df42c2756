using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Hub.Operators;

/// <summary>256 random bits that somebody carries; only their hash is kept. (No salt or slow hash is needed: nobody guesses them.)</summary>
static class Secret
{
    const int Bytes = 32, LettersMax = 128;

    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is longer than any that was given out is nobody's.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret.Length <= LettersMax ? secret : ""));
}

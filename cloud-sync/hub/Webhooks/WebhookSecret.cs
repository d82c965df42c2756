using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Hub.Webhooks;

/// <summary>What a receiver knows a message of the hub by: Standard Webhooks 1.0, HMAC-SHA-256 over id, time and body.</summary>
static class WebhookSecret
{
    /// <summary>The specification asks for 24 to 64.</summary>
    const int Bytes = 32;

    const string Prefix = "whsec_";

    public static byte[] New() => RandomNumberGenerator.GetBytes(Bytes);

    /// <summary>As receivers' libraries take it.</summary>
    public static string Text(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>One signature of each secret, so that a receiver that has either of two believes it.</summary>
    public static string Sign(IEnumerable<byte[]> secrets, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}."));
        byte[] signed = [.. head, .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}"));
    }
}

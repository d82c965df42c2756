using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Tests.IotHub;

/// <summary>What a hub checks of a shared access signature: written from its documents, and not with the code under test.</summary>
static class AccessSignature
{
    /// <summary>Null when it holds; otherwise what is wrong with it.</summary>
    /// <param name="password">As it came.</param>
    /// <param name="resource">What it must be for, not escaped.</param>
    /// <param name="policy">The key's policy; null where none may be named: a device's own key has none.</param>
    /// <param name="key">Decoded.</param>
    /// <param name="now">The hub's clock.</param>
    public static string? Fault(string password, string resource, string? policy, byte[] key, DateTimeOffset now)
    {
        const string Prefix = "SharedAccessSignature ";
        if (!password.StartsWith(Prefix, StringComparison.Ordinal)) return "it is no SharedAccessSignature";

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in password[Prefix.Length..].Split('&'))
        {
            if (field.Split('=', 2) is not [var name, var value] || !fields.TryAdd(name, value)) return $"'{field}' is no field, or twice there";
        }

        if (fields.Keys.Except(["sr", "sig", "se", "skn"]).FirstOrDefault() is { } unknown) return $"the field {unknown} is unknown";
        if (!fields.TryGetValue("sr", out var sr) || !fields.TryGetValue("sig", out var sig) || !fields.TryGetValue("se", out var se))
            return "sr, sig or se is missing";
        if (Uri.UnescapeDataString(sr) != resource) return $"it is for {Uri.UnescapeDataString(sr)} and not for {resource}";
        if (fields.GetValueOrDefault("skn") != policy) return $"its policy is '{fields.GetValueOrDefault("skn")}' and not '{policy}'";
        if (!long.TryParse(se, NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)) return "its expiry is no number";
        if (expiry <= now.ToUnixTimeSeconds()) return "it is expired";

        using var hash = new HMACSHA256(key);
        var right = hash.ComputeHash(Encoding.ASCII.GetBytes(sr + "\n" + se));
        var shown = new byte[64];
        return Convert.TryFromBase64String(Uri.UnescapeDataString(sig), shown, out var length)
            && CryptographicOperations.FixedTimeEquals(right, shown.AsSpan(0, length)) ? null : "its signature is wrong";
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Link;

/// <summary>
/// A shared access signature: the password with which a device with a symmetric key comes to Azure IoT Hub or to its Device
/// Provisioning Service. HMAC-SHA256 over the resource and the expiry, as the vendor documents it for both.
/// </summary>
/// <param name="Text">The password. Never logged.</param>
/// <param name="ExpiresAt">The hub ends the connection soon after.</param>
/// <param name="Lifetime">From when it was made.</param>
sealed record SasToken(string Text, DateTimeOffset ExpiresAt, TimeSpan Lifetime)
{
    /// <summary>Renewed when that part of its lifetime is left, and something may still be in flight then.</summary>
    const double LeftAtRenewal = 0.15, LeftAtLast = 0.05;

    /// <summary>From then on it is renewed as soon as nothing is in flight.</summary>
    public DateTimeOffset RenewAt => ExpiresAt - (Lifetime * LeftAtRenewal);

    /// <summary>From then on it is renewed whatever is in flight.</summary>
    public DateTimeOffset RenewAtLast => ExpiresAt - (Lifetime * LeftAtLast);

    /// <summary>For a device of a hub.</summary>
    /// <param name="host">As "hub.azure-devices.net".</param>
    /// <param name="device">The device's id.</param>
    /// <param name="key">The device's own key, decoded.</param>
    /// <param name="now">By a clock that is right: the hub's own decides.</param>
    /// <param name="lifetime">An hour, say.</param>
    public static SasToken ForDevice(string host, string device, byte[] key, DateTimeOffset now, TimeSpan lifetime) =>
        Sign($"{host}/devices/{device}", key, now + lifetime, lifetime, "");

    /// <summary>For a registration with the provisioning service.</summary>
    /// <param name="scope">The service's ID scope, as "0ne000A".</param>
    /// <param name="registration">The registration's id.</param>
    /// <param name="key">Of the individual enrolment, or <see cref="DeriveKey"/>'s.</param>
    /// <param name="now">By a clock that is right.</param>
    /// <param name="lifetime">As long as registering may take.</param>
    public static SasToken ForRegistration(
        string scope, string registration, byte[] key, DateTimeOffset now, TimeSpan lifetime) =>
        Sign($"{scope}/registrations/{registration}", key, now + lifetime, lifetime, "&skn=registration");

    /// <summary>A device's own key out of its group's: HMAC-SHA256 over its registration id.</summary>
    public static byte[] DeriveKey(byte[] groupKey, string registration) =>
        HMACSHA256.HashData(groupKey, Encoding.UTF8.GetBytes(registration));

    public override string ToString() => $"token until {ExpiresAt:u}"; // never its text

    static SasToken Sign(string resource, byte[] key, DateTimeOffset expiresAt, TimeSpan lifetime, string policy)
    {
        var (escaped, expiry) = (Uri.EscapeDataString(resource), expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{escaped}\n{expiry}")));
        return new(
            $"SharedAccessSignature sr={escaped}&sig={Uri.EscapeDataString(signature)}&se={expiry}{policy}", expiresAt, lifetime);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>Who a device is: what pushes are sealed to, and what it can compare. Signed by its own key, which the hub knows.</summary>
/// <param name="Device">Its name.</param>
/// <param name="SealingKey">SubjectPublicKeyInfo on P-256.</param>
/// <param name="Model">The id of its embedding model.</param>
/// <param name="Protocol">The highest version it speaks.</param>
/// <param name="Gallery">The gallery it takes; null: none.</param>
/// <param name="Trust">Version of the set of trusted keys in force; null: not said.</param>
/// <param name="Agent">Version of its program; null: not said.</param>
sealed record DeviceIdentity(
    string Device, byte[] SealingKey, string Model, int Protocol, string? Gallery = null, long? Trust = null, string? Agent = null)
{
    public const string Type = "edgeface-device";
    public const int ProtocolNow = 1;

    public string Sign(SigningKey key) => SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(this, IdentityJson.Default.DeviceIdentity), key);

    /// <summary>Null when it is none, not signed by that key, says to be another device than its topic does, or nothing can be sealed to its key.</summary>
    public static DeviceIdentity? Open(ReadOnlySpan<byte> text, string device, VerifyingKey key)
    {
        if (!SignedText.TryOpen(text, Type, id => id == key.Id ? key : null, out var payload, out _)) return null;

        return WireJson.Read(payload, IdentityJson.Default.DeviceIdentity) is { } identity && identity.Device == device
            && SealedBox.CanSealTo(identity.SealingKey) ? identity : null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DeviceIdentity))]
sealed partial class IdentityJson : JsonSerializerContext;

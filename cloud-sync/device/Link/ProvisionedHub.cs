using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>Which hub a device belongs to, and under which name. Kept on the device: the provisioning service is asked seldom.</summary>
/// <param name="AssignedHub">As "hub.azure-devices.net".</param>
/// <param name="DeviceId">The device's id there.</param>
sealed record ProvisionedHub(string AssignedHub, string DeviceId)
{
    public bool IsUsable => Topics.IsDevice(DeviceId) && Uri.CheckHostName(AssignedHub) is not UriHostNameType.Unknown;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProvisioningJson.Default.ProvisionedHub);

    /// <summary>Null where it cannot be used: it is asked for again then.</summary>
    public static ProvisionedHub? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProvisioningJson.Default.ProvisionedHub) is { IsUsable: true } found ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a device asks the provisioning service.</summary>
sealed record RegistrationRequest(string RegistrationId);

/// <summary>What it answers; much more stands in it, which is not ours to judge.</summary>
/// <param name="OperationId">To ask again with, while it is at work.</param>
/// <param name="Status">unassigned, assigning, assigned, failed, disabled.</param>
/// <param name="RegistrationState">The outcome.</param>
sealed record RegistrationAnswer(string? OperationId = null, string? Status = null, RegistrationState? RegistrationState = null);

/// <param name="AssignedHub">The hub's host.</param>
/// <param name="DeviceId">The device's id there.</param>
/// <param name="ErrorCode">Why it failed.</param>
/// <param name="ErrorMessage">In words.</param>
sealed record RegistrationState(
    string? AssignedHub = null, string? DeviceId = null, int? ErrorCode = null, string? ErrorMessage = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProvisionedHub))]
[JsonSerializable(typeof(RegistrationRequest))]
[JsonSerializable(typeof(RegistrationAnswer))]
sealed partial class ProvisioningJson : JsonSerializerContext;

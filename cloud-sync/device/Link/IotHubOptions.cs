using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Link;

/// <summary>
/// How to come to Azure IoT Hub: with a host and a device of it, or by way of the provisioning service, which tells both. The
/// device shows a symmetric key (<see cref="KeyFile"/>) or an X.509 certificate; no secret stands here, only where it lies.
/// </summary>
/// <param name="Host">The hub's host, as "hub.azure-devices.net"; null with <see cref="Provisioning"/>.</param>
/// <param name="Device">The device's id there; null with <see cref="Provisioning"/>.</param>
/// <param name="Provisioning">Where to ask for host and device; null when they are known.</param>
/// <param name="KeyFile">Holds the device's key, or its group's where provisioning says so, in base64; null with a certificate.</param>
/// <param name="CertificateFile">PEM: the device's certificate and what stands between it and its authority.</param>
/// <param name="CertificateKeyFile">PEM: the certificate's private key.</param>
/// <param name="CaFile">PEM: whom the hub's certificate must come from; null trusts whom the system does.</param>
/// <param name="GatewayHost">An IoT Edge gateway to connect to instead of the hub; its certificate then bears this name.</param>
/// <param name="Port">Of the hub, of the gateway and of the provisioning service.</param>
/// <param name="ApiVersion">Of the hub's protocol.</param>
/// <param name="TokenMinutes">How long a token is valid; renewed when 15 % of it is left.</param>
/// <param name="KeepAliveSeconds">A half-open connection is noticed within twice that. The hub takes at most 1177.</param>
/// <param name="ConnectTimeoutSeconds">For TCP, TLS and the hub's answer together.</param>
/// <param name="AnswerTimeoutSeconds">For an acknowledgement, and for an answer of the twin.</param>
/// <param name="RetrySecondsMin">The first pause after a failure; it doubles with each further one.</param>
/// <param name="RetrySecondsMax">The longest pause.</param>
sealed record IotHubOptions(
    [property: StringLength(253)] string? Host = null,
    [property: StringLength(128)] string? Device = null,
    ProvisioningOptions? Provisioning = null,
    string? KeyFile = null,
    string? CertificateFile = null,
    string? CertificateKeyFile = null,
    string? CaFile = null,
    [property: StringLength(253)] string? GatewayHost = null,
    [property: Range(1, 65535)] int Port = 8883,
    [property: RegularExpression(@"\d{4}-\d{2}-\d{2}")] string ApiVersion = "2021-04-12",
    [property: Range(5, 1440)] int TokenMinutes = 60,
    [property: Range(10, 1177)] int KeepAliveSeconds = 120,
    [property: Range(1, 300)] int ConnectTimeoutSeconds = 30,
    [property: Range(1, 300)] int AnswerTimeoutSeconds = 30,
    [property: Range(1, 60)] int RetrySecondsMin = 1,
    [property: Range(1, 3600)] int RetrySecondsMax = 120)
{
    /// <summary>What is wrong with the whole, in words; null when nothing is.</summary>
    public string? Fault()
    {
        if (Provisioning is null && (Host is null || Device is null))
            return "Give host and device of the hub, or provisioning, which tells both.";
        if (Provisioning is not null && (Host is not null || Device is not null))
            return "Give host and device of the hub, or provisioning, and not both.";
        if (KeyFile is null == CertificateFile is null) return "Give key_file, or certificate_file, and not both.";
        if (CertificateFile is null != CertificateKeyFile is null) return "Give certificate_file and certificate_key_file together.";
        if (RetrySecondsMin > RetrySecondsMax)
            return $"retry_seconds_min {RetrySecondsMin} is more than retry_seconds_max {RetrySecondsMax}.";
        return Provisioning is { IsGroupKey: true } && KeyFile is null ? "is_group_key needs key_file." : null;
    }
}

/// <summary>The Device Provisioning Service: tells a device which hub it belongs to, and under which name.</summary>
/// <param name="IdScope">Which service, as "0ne000A".</param>
/// <param name="Registration">Under which id: lower case letters, digits and dashes; a certificate must bear it as its common name.</param>
/// <param name="IsGroupKey">The key is that of an enrolment group: the device's own is derived from it. Safer is a device that has only its own.</param>
/// <param name="Host">Of the service.</param>
/// <param name="ApiVersion">Of its protocol.</param>
sealed record ProvisioningOptions(
    [property: StringLength(64, MinimumLength = 1)] string IdScope,
    [property: StringLength(128, MinimumLength = 1)] string Registration,
    bool IsGroupKey = false,
    [property: StringLength(253, MinimumLength = 1)] string Host = "global.azure-devices-provisioning.net",
    [property: RegularExpression(@"\d{4}-\d{2}-\d{2}")] string ApiVersion = "2019-03-31");

using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace EdgeFace.Link;

/// <summary>Which MQTT is spoken.</summary>
public enum MqttVersion
{
    /// <summary>5, and 3.1.1 with a broker that does not know it.</summary>
    [JsonStringEnumMemberName("newest")]
    Newest,

    [JsonStringEnumMemberName("5")]
    V5,

    /// <summary>Its answers have no reasons: a broker that refuses a message drops it in silence.</summary>
    [JsonStringEnumMemberName("3.1.1")]
    V311,
}

/// <summary>What MQTT goes over.</summary>
public enum MqttTransport
{
    [JsonStringEnumMemberName("tcp")]
    Tcp,

    [JsonStringEnumMemberName("websocket")]
    Websocket,
}

/// <summary>The connection to an MQTT broker. Files are read anew for each connection, and it is made anew when they change.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">8883 with TLS, 1883 without, as a rule.</param>
/// <param name="Protocol">Which MQTT.</param>
/// <param name="Transport">What it goes over.</param>
/// <param name="Path">Of a WebSocket.</param>
/// <param name="Tls">1.2 or 1.3. Without it, user and password go in the clear: on loopback only.</param>
/// <param name="ServerName">Which name the server's certificate must bear; null: the host's.</param>
/// <param name="CaFile">PEM: who may have signed the server's certificate; null: whom the system trusts.</param>
/// <param name="CrlFile">Revocation lists, PEM or DER, of the authorities that sign the server's certificate.</param>
/// <param name="CertificateFile">PEM: the device's own, and what stands between it and its authority.</param>
/// <param name="KeyFile">PEM: its private key.</param>
/// <param name="User">Null: the device's name where there is a password, else none.</param>
/// <param name="PasswordFile">One line.</param>
/// <param name="KeepAliveSeconds">The broker takes the device for lost after one and a half times that.</param>
/// <param name="SessionExpirySeconds">
/// How long the broker keeps what it is told for this device while it is away; 0: not at all. MQTT 3.1.1 knows only 0 and
/// for ever.
/// </param>
/// <param name="ConnectTimeoutSeconds">For name, network, TLS, and the broker's first answers together.</param>
/// <param name="AckTimeoutSeconds">No answer in that time means that the connection is dead.</param>
/// <param name="BackoffSecondsMin">First pause between attempts.</param>
/// <param name="BackoffSecondsMax">Longest one.</param>
/// <param name="InflightMax">Messages that wait for their acknowledgement at a time; the next ones wait to be sent.</param>
sealed record MqttLinkOptions(
    [property: Required] string Host,
    [property: Range(1, 65535)] int Port = 8883,
    MqttVersion Protocol = MqttVersion.Newest,
    MqttTransport Transport = MqttTransport.Tcp,
    string Path = "/mqtt",
    bool Tls = true,
    string? ServerName = null,
    string? CaFile = null,
    string? CrlFile = null,
    string? CertificateFile = null,
    string? KeyFile = null,
    string? User = null,
    string? PasswordFile = null,
    [property: Range(2, 1200)] int KeepAliveSeconds = 30,
    [property: Range(0, 604_800)] int SessionExpirySeconds = 3600,
    [property: Range(1, 300)] int ConnectTimeoutSeconds = 20,
    [property: Range(1, 300)] int AckTimeoutSeconds = 20,
    [property: Range(0.1, 60)] double BackoffSecondsMin = 1,
    [property: Range(1, 3600)] double BackoffSecondsMax = 120,
    [property: Range(1, 1000)] int InflightMax = 20)
{
    [JsonIgnore]
    public string Address => $"{Host}:{Port}";

    /// <summary>Everything that is wrong, with its key; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), found, validateAllProperties: true);
        foreach (var fault in found) yield return fault.ErrorMessage ?? "";
        if (BackoffSecondsMin > BackoffSecondsMax)
            yield return $"backoff_seconds_min is {BackoffSecondsMin} and backoff_seconds_max {BackoffSecondsMax}: the first pause is at most the longest.";
        if (CertificateFile is null != KeyFile is null) yield return "certificate_file and key_file belong together: give both or none.";
        if (!Tls && (CaFile ?? CrlFile ?? CertificateFile ?? ServerName) is not null)
            yield return "ca_file, crl_file, certificate_file and server_name mean nothing without tls: set tls to true or leave them out.";
        if (!Path.StartsWith('/')) yield return $"path is '{Path}'; it begins with a slash.";
    }
}

using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Fleet;
using EdgeFace.Hub.Keys;
using EdgeFace.Link;

namespace EdgeFace.Hub.Hosting;

/// <summary>A hub's settings: one JSON file, <c>hub.json</c> in its data folder or where it is said. Files stand beside it or are full paths.</summary>
/// <param name="Address">Where the page listens.</param>
/// <param name="Port">0: any free one.</param>
/// <param name="PublicHost">The name by which devices and operators reach the hub; null: this machine's.</param>
/// <param name="CertificateFile">PEM, of the page and of the embedded broker; null: the hub's own authority signs one, unless all is on loopback.</param>
/// <param name="KeyFile">PEM: its private key.</param>
/// <param name="BrokerPort">Where the embedded broker listens; 0: any free one.</param>
/// <param name="Mqtt">Another broker than the embedded one: how the hub comes to it.</param>
/// <param name="DeviceMqtt">How devices come to that other broker; null: as the hub does.</param>
/// <param name="PostgresFile">A file with the connection string of a PostgreSQL database; null: SQLite in the data folder.</param>
/// <param name="Models">Folder of the model files, for photos; null: <c>models</c> in the data folder, or where the agent of this user has them.</param>
/// <param name="Instance">Of several instances at one broker, this one's own name; null: this machine's.</param>
/// <param name="Sharing">How they part the events; null: as the broker deals them where there are another broker and PostgreSQL, and else there is one instance.</param>
/// <param name="Gallery">The name of the gallery that devices get unless another is said.</param>
/// <param name="EventsKeptDays">Events that were received longer ago are taken away; 0: never.</param>
/// <param name="HeadMinutes">How often devices are told which state of the gallery is the newest.</param>
/// <param name="SessionMinutes">An operator who does nothing for so long is signed out.</param>
/// <param name="SessionHoursMax">And in any case after so long.</param>
/// <param name="SecondFactor">Whoever signs in with a password must have an authenticator app, too.</param>
/// <param name="WebhooksPrivate">Private networks that webhooks may enter, also without TLS, as 10.1.0.0/16; null: none.</param>
/// <param name="WebhookGiveUpHours">A receiver that took nothing for so long gets nothing more until an operator says so.</param>
/// <param name="Oidc">The company's sign-in; null: there is none.</param>
/// <param name="BulkMegabytes">So much the photos of one bulk enrolment may have together, unpacked: it lies on the disk until the job ends.</param>
/// <param name="SignInsPerMinute">So many posts to the pages of sign-in and setup are taken from one address.</param>
/// <param name="ApiPerMinute">So many requests to the API are taken from one address.</param>
/// <param name="ProvisioningPerMinute">So many tries of devices from one address.</param>
/// <param name="Proxies">Addresses of those in front of the page, which do its TLS: of them, and of nobody else, it is believed whom they speak for. Null: none.</param>
/// <param name="Token">Where keys that sign are made and kept instead of in files; null: nowhere else.</param>
sealed record HubOptions(
    string Address = "127.0.0.1",
    [property: Range(0, 65535)] int Port = 8080,
    string? PublicHost = null,
    string? CertificateFile = null,
    string? KeyFile = null,
    [property: Range(0, 65535)] int BrokerPort = 1883,
    MqttLinkOptions? Mqtt = null,
    MqttLinkOptions? DeviceMqtt = null,
    string? PostgresFile = null,
    string? Models = null,
    [property: RegularExpression("[A-Za-z0-9._-]{1,64}")] string? Instance = null,
    EventSharing? Sharing = null,
    [property: RegularExpression("[A-Za-z0-9._-]{1,64}")] string Gallery = "main",
    [property: Range(0, 36_500)] int EventsKeptDays = 0,
    [property: Range(1, 720)] int HeadMinutes = 60,
    [property: Range(1, 1440)] int SessionMinutes = 30,
    [property: Range(1, 168)] int SessionHoursMax = 12,
    bool SecondFactor = false,
    IReadOnlyList<string>? WebhooksPrivate = null,
    [property: Range(1, 720)] int WebhookGiveUpHours = 72,
    OidcOptions? Oidc = null,
    [property: Range(1, 1_000_000)] int BulkMegabytes = 4096,
    [property: Range(1, 1_000_000)] int SignInsPerMinute = 30,
    [property: Range(1, 1_000_000)] int ApiPerMinute = 1200,
    [property: Range(1, 1_000_000)] int ProvisioningPerMinute = 30,
    TokenOptions? Token = null,
    IReadOnlyList<string>? Proxies = null)
{
    /// <summary>Whether nobody but this machine reaches it: then nothing is encrypted on the way.</summary>
    [JsonIgnore]
    public bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    /// <summary>Whether the page is served over TLS: with the certificate that was given, or one of the hub's own authority.</summary>
    [JsonIgnore]
    public bool IsTls => CertificateFile is not null || !IsLoopback || IsBehindProxy;

    [JsonIgnore]
    public bool IsBehindProxy => Proxies is { Count: > 0 };

    /// <summary>Which of several instances this one is.</summary>
    [JsonIgnore]
    public HubPlace Place => new(
        Sharing ?? (Mqtt is not null && PostgresFile is not null ? EventSharing.Shared : EventSharing.Alone), Instance ?? Dns.GetHostName());

    /// <exception cref="InvalidDataException">It is missing where it was named, or something in it is wrong; all of it stands in the message.</exception>
    public static HubOptions Read(string file)
    {
        try
        {
            var options = JsonSerializer.Deserialize(File.ReadAllBytes(file), HubOptionsJson.Default.HubOptions) ?? new HubOptions();
            var faults = options.Faults().ToArray();
            return faults.Length == 0 ? options : throw new InvalidDataException($"{file}: {string.Join(" ", faults)}");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>Everything that is wrong; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), found, validateAllProperties: true);
        foreach (var fault in found) yield return fault.ErrorMessage ?? "";
        if (!IPAddress.TryParse(Address, out _)) yield return $"'{Address}' is no address of this machine: say 127.0.0.1, or 0.0.0.0 for all.";
        if (CertificateFile is null != KeyFile is null) yield return "A certificate and its key belong together: give both or none.";
        foreach (var fault in Mqtt?.Faults() ?? []) yield return $"mqtt: {fault}";
        foreach (var fault in DeviceMqtt?.Faults() ?? []) yield return $"device_mqtt: {fault}";
        foreach (var proxy in Proxies ?? [])
            if (!IPAddress.TryParse(proxy, out _)) yield return $"proxies: '{proxy}' is no address: say the one from which the proxy comes, as 127.0.0.1.";
        if (IsBehindProxy && PublicHost is null) yield return "proxies: say public_host, too: the name by which browsers and devices reach the proxy.";
        foreach (var fault in Token?.Faults() ?? []) yield return $"token: {fault}";
        foreach (var network in WebhooksPrivate ?? [])
            if (!IPNetwork.TryParse(network, out _)) yield return $"webhooks_private: '{network}' is no network; say 10.1.0.0/16, or fd00:1::/32.";
        foreach (var fault in Oidc?.Faults() ?? []) yield return $"oidc: {fault}";
        if (Sharing is EventSharing.Shared or EventSharing.Partitioned && (Mqtt is null || PostgresFile is null))
            yield return "sharing means several instances: they meet at another broker (mqtt) and in PostgreSQL (postgres_file).";
        if (DeviceMqtt is not null && Mqtt is null) yield return "device_mqtt says how devices come to another broker: say mqtt, too.";
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HubOptions))]
sealed partial class HubOptionsJson : JsonSerializerContext;

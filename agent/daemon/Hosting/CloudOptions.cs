using EdgeFace.Delivery;
using EdgeFace.Documents;
using EdgeFace.Link;
using EdgeFace.Twins;

namespace EdgeFace.Hosting;

/// <summary>
/// What a device is connected with: one of <c>mqtt</c> and <c>iot_hub</c>. A door needs none of it, and goes on without. Files
/// stand beside the profile or are full paths.
/// </summary>
/// <param name="Trust">The keys that may sign; later sets arrive signed. Made by <c>edgeface trust create</c>, or by the hub.</param>
/// <param name="Mqtt">Any broker.</param>
/// <param name="IotHub">Azure IoT Hub.</param>
/// <param name="Gallery">Which gallery it takes pushes of, and how patiently.</param>
/// <param name="Delivery">How events go up.</param>
/// <param name="HomeAssistant">Shows the doors there; with <c>mqtt</c> only.</param>
sealed record CloudOptions(
    string Trust,
    MqttLinkOptions? Mqtt = null,
    IotHubOptions? IotHub = null,
    GalleryIntakeOptions? Gallery = null,
    DeliveryOptions? Delivery = null,
    HomeAssistantOptions? HomeAssistant = null)
{
    internal void Check(DocumentCheck check, IEnumerable<string> doors)
    {
        if (Mqtt is null == IotHub is null) check.Fault("a device is connected with one of mqtt and iot_hub; this one has both or none", "cloud");
        foreach (var fault in Mqtt?.Faults() ?? []) check.Fault(fault, "cloud", "mqtt");
        if (IotHub?.Fault() is { } ofHub) check.Fault(ofHub, "cloud", "iot_hub");
        if (HomeAssistant is not null && Mqtt is null) check.Fault("Home Assistant reads a broker's topics, which Azure IoT Hub has not; say mqtt", "cloud", "home_assistant");
        if (HomeAssistant is null) return;

        foreach (var alike in doors.GroupBy(Twins.HomeAssistant.Word, StringComparer.Ordinal).Where(alike => alike.Skip(1).Any()))
        {
            check.Fault(
                $"Home Assistant would take {string.Join(" and ", alike.Select(door => $"'{door}'"))} for one door, '{alike.Key}': name them "
                + "so that they differ in letters, digits, dashes or underscores", "cloud", "home_assistant");
        }
    }

    /// <summary>With full paths.</summary>
    public CloudOptions In(string folder)
    {
        string? Full(string? file) => file is null ? null : Path.GetFullPath(file, folder);
        return this with
        {
            Trust = Path.GetFullPath(Trust, folder),
            Mqtt = Mqtt is null ? null : Mqtt with
            {
                CaFile = Full(Mqtt.CaFile),
                CrlFile = Full(Mqtt.CrlFile),
                CertificateFile = Full(Mqtt.CertificateFile),
                KeyFile = Full(Mqtt.KeyFile),
                PasswordFile = Full(Mqtt.PasswordFile),
            },
            IotHub = IotHub is null ? null : IotHub with
            {
                KeyFile = Full(IotHub.KeyFile),
                CertificateFile = Full(IotHub.CertificateFile),
                CertificateKeyFile = Full(IotHub.CertificateKeyFile),
                CaFile = Full(IotHub.CaFile),
            },
        };
    }
}

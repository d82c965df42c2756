using System.Buffers;
using System.Text.Json;
using EdgeFace.Wire;

namespace EdgeFace.Twins;

/// <summary>A device among the entities of Home Assistant.</summary>
/// <param name="Prefix">Of its discovery topics.</param>
/// <param name="Commands">
/// Whether its LOCK and UNLOCK are obeyed. They are not signed: whoever may write to the broker then opens the doors.
/// </param>
sealed record HomeAssistantOptions(string Prefix = "homeassistant", bool Commands = false);

/// <summary>
/// What Home Assistant reads to show a device without a line of configuration: one retained discovery message in its device
/// form, with a lock, a contact, a tamper sensor and an event entity for each door, and the topics and words of their states.
/// States lie below the device's own topics, so that its access list holds for them; events are never retained.
/// </summary>
/// <param name="device">Its name.</param>
/// <param name="version">Of the program.</param>
/// <param name="doors">Names, and whether a contact says if the door is open.</param>
/// <param name="options">Where, and whether it is obeyed.</param>
sealed class HomeAssistant(string device, string version, IReadOnlyList<(string Name, bool HasContact)> doors, HomeAssistantOptions options)
{
    /// <summary>What an event entity may say.</summary>
    public static readonly string[] EventTypes =
        ["granted", "denied", "spoof", "duress", "forced", "held_open", "rex", "tamper"];

    public string ConfigTopic => $"{options.Prefix}/device/edgeface-{Word(device)}/config";

    /// <summary>Home Assistant says there that it has started; then everything is said again.</summary>
    public string BirthTopic => $"{options.Prefix}/status";

    public string StateTopic(string door, string entity) => $"{Topics.Root}/{device}/up/ha/{Word(door)}/{entity}";

    public string CommandTopic(string door) => $"{Topics.Root}/{device}/down/ha/{Word(door)}/lock";

    /// <summary>What is to be read besides what a device is told.</summary>
    public IEnumerable<string> Reads => options.Commands ? [BirthTopic, .. doors.Select(door => CommandTopic(door.Name))] : [BirthTopic];

    /// <summary>LOCK or UNLOCK for which door; null for anything else.</summary>
    public (string Door, bool Unlock)? CommandOf(string topic, ReadOnlySpan<byte> payload)
    {
        if (!options.Commands) return null;

        foreach (var (name, _) in doors)
        {
            if (topic != CommandTopic(name)) continue;
            if (payload.SequenceEqual("UNLOCK"u8)) return (name, true);
            if (payload.SequenceEqual("LOCK"u8)) return (name, false);
        }

        return null;
    }

    /// <summary>The discovery message.</summary>
    public byte[] Config() => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("device");
        json.WriteStartArray("identifiers");
        json.WriteStringValue($"edgeface-{device}");
        json.WriteEndArray();
        json.WriteString("name", device);
        json.WriteString("manufacturer", "EdgeFace");
        json.WriteString("model", "edgeface");
        json.WriteString("sw_version", version);
        json.WriteEndObject();
        json.WriteStartObject("origin");
        json.WriteString("name", "edgeface");
        json.WriteString("sw_version", version);
        json.WriteEndObject();
        // The device's own presence, whose last will is there already: a connection has only one.
        json.WriteString("availability_topic", Topics.Of(device, UpChannel.Presence));
        json.WriteString("availability_template", "{{ value_json.status }}");
        json.WriteNumber("qos", 1);
        json.WriteStartObject("components");
        foreach (var (name, hasContact) in doors)
        {
            WriteLock(json, name);
            if (hasContact) WriteSensor(json, name, "door", "door", diagnostic: false);
            WriteSensor(json, name, "tamper", "tamper", diagnostic: true);
            WriteEvents(json, name);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>One event of a door, in the words of <see cref="EventTypes"/>.</summary>
    /// <param name="type">One of them.</param>
    /// <param name="reason">The code, as "unknown".</param>
    /// <param name="subject">A random id; never a name.</param>
    public static byte[] Event(string type, string? reason, string? subject) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("event_type", type);
        if (reason is not null) json.WriteString("reason", reason);
        if (subject is not null) json.WriteString("person_id", subject);
        json.WriteEndObject();
    });

    void WriteLock(Utf8JsonWriter json, string door)
    {
        StartComponent(json, door, "lock", "lock", name: door);
        json.WriteString("state_topic", StateTopic(door, "lock"));
        // A lock without a command topic is none in Home Assistant; where commands are not obeyed, nothing listens there.
        json.WriteString("command_topic", CommandTopic(door));
        json.WriteString("payload_lock", "LOCK");
        json.WriteString("payload_unlock", "UNLOCK");
        json.WriteString("state_locked", "LOCKED");
        json.WriteString("state_unlocked", "UNLOCKED");
        json.WriteBoolean("retain", false);
        json.WriteBoolean("optimistic", false);
        json.WriteEndObject();
    }

    void WriteSensor(Utf8JsonWriter json, string door, string entity, string deviceClass, bool diagnostic)
    {
        StartComponent(json, door, entity, "binary_sensor", $"{door} {entity}");
        json.WriteString("device_class", deviceClass);
        json.WriteString("state_topic", StateTopic(door, entity));
        if (diagnostic) json.WriteString("entity_category", "diagnostic");
        json.WriteEndObject();
    }

    void WriteEvents(Utf8JsonWriter json, string door)
    {
        StartComponent(json, door, "access", "event", $"{door} access");
        json.WriteString("state_topic", StateTopic(door, "access"));
        json.WriteStartArray("event_types");
        foreach (var type in EventTypes) json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    void StartComponent(Utf8JsonWriter json, string door, string entity, string platform, string name)
    {
        var id = $"edgeface-{Word(device)}-{Word(door)}-{entity}";
        json.WriteStartObject(id);
        json.WriteString("platform", platform);
        json.WriteString("unique_id", id);
        json.WriteString("name", name);
    }

    static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) content(json);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Its ids are letters, digits, dashes and underscores. Two doors that become one word would be one lock there; such a
    /// profile is refused.
    /// </summary>
    public static string Word(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_'));
}

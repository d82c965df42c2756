namespace EdgeFace.Hub.Fleet;

/// <summary>How several instances of the hub part the events among themselves.</summary>
enum EventSharing
{
    /// <summary>There is one, and it hears everything.</summary>
    Alone,

    /// <summary>The broker gives each message to one of them: MQTT 5 shared subscriptions, as mosquitto, EMQX and HiveMQ have them.</summary>
    Shared,

    /// <summary>Each keeps the events of its devices, which follow from the devices' names and the instances that are there.</summary>
    Partitioned,
}

/// <summary>Which of several instances this one is.</summary>
/// <param name="How">How events are parted.</param>
/// <param name="Instance">No other instance's: 1 to 64 letters, digits, dots, dashes and underscores.</param>
sealed record HubPlace(EventSharing How, string Instance);

namespace EdgeFace.Wire;

/// <summary>What a device says. Each channel is a topic of its own, or a property of one message on Azure IoT Hub.</summary>
public enum UpChannel
{
    /// <summary>Events of the journal, as a JSON batch of CloudEvents 1.0.</summary>
    Events,

    /// <summary>Somebody enrolled here, sealed to the hub and signed by the device.</summary>
    Enrollments,

    /// <summary>What became of a command.</summary>
    Answers,

    /// <summary>Which settings are applied, and what was wrong with those that are not.</summary>
    Reported,

    /// <summary>Which gallery is in force, which push is wanted or refused.</summary>
    Gallery,

    /// <summary>Who the device is: its sealing key, signed by its own key.</summary>
    Identity,

    /// <summary>Online or not; retained, and the last will.</summary>
    Presence,
}

/// <summary>What a device is told. All of it is signed but chunks, whose hashes stand in a signed manifest.</summary>
public enum DownChannel
{
    /// <summary>Which events the consumer holds for good.</summary>
    Receipts,

    /// <summary>What a gallery push is made of.</summary>
    Manifests,

    /// <summary>A piece of a push.</summary>
    Chunks,

    /// <summary>Which version of the gallery is the newest, said now and then.</summary>
    Heads,

    /// <summary>Something to do at once, or never.</summary>
    Commands,

    /// <summary>The settings that are wanted.</summary>
    Desired,

    /// <summary>Which keys may sign what, from now on.</summary>
    Trust,
}

/// <param name="Channel">What it is.</param>
/// <param name="Payload">UTF-8 JSON, or a signed text.</param>
readonly record struct UpMessage(UpChannel Channel, ReadOnlyMemory<byte> Payload);

/// <param name="Channel">What it is.</param>
/// <param name="Payload">UTF-8 JSON, or a signed text.</param>
/// <param name="Retained">The broker had kept it: who knows for how long.</param>
readonly record struct DownMessage(DownChannel Channel, ReadOnlyMemory<byte> Payload, bool Retained = false);

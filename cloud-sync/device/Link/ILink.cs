using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>
/// The one connection of a device to its cloud. Shipped twice: <c>MqttLink</c> to any broker and <c>IotHubLink</c> to Azure IoT
/// Hub. It keeps nothing: what must not be lost is sent again by whoever holds it, and an acknowledgement says only that
/// the message left.
/// </summary>
interface ILink
{
    /// <summary>The largest payload that fits.</summary>
    int PayloadBytesMax { get; }

    LinkState State { get; }

    /// <summary>Messages that were for somebody else, on no channel of ours, too large or not readable, since the start.</summary>
    long Ignored { get; }

    /// <summary>Hears each change of <see cref="State"/>, on the link's own thread. Set before <see cref="RunAsync"/>.</summary>
    Action<LinkState>? Changed { get; set; }

    /// <summary>
    /// Hears each message, one at a time and in their order, on the link's own thread; it must not block. Set before
    /// <see cref="RunAsync"/>.
    /// </summary>
    Action<DownMessage>? Received { get; set; }

    /// <summary>Ends when the other side has acknowledged it.</summary>
    /// <exception cref="LinkException">There is no connection, it broke meanwhile, or the other side refused the message.</exception>
    Task SendAsync(UpMessage message, CancellationToken stop);

    /// <summary>Connects, and connects again with growing, jittered pauses, until it is told to stop.</summary>
    Task RunAsync(CancellationToken stop);
}

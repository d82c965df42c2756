using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>What a user of the embedded broker may say and hear: the two patterns of PROTOCOL.md, section 1, and the hub's.</summary>
static class BrokerRights
{
    /// <summary>
    /// A client is called as its user, or so with a slash and anything behind it. No name has a slash, so that nobody takes
    /// over another user's session by calling himself like it.
    /// </summary>
    public static bool IsClientOf(string user, string client) =>
        client == user || client.StartsWith(user + "/", StringComparison.Ordinal);

    /// <summary>The user behind a client; see <see cref="IsClientOf"/>.</summary>
    public static string UserOf(string client) => client.Split('/')[0];

    /// <summary>Channels of the protocol and no other: what this broker keeps in memory is bounded by them.</summary>
    public static bool MayWrite(string user, BrokerRole role, string topic) => role is BrokerRole.Hub
        ? Topics.TryParse(topic, out _, out DownChannel _)
        : Topics.TryParse(topic, out var device, out UpChannel _) && device == user;

    /// <summary>Only presence is there to be read later.</summary>
    public static bool MayRetain(string topic) => Topics.TryParse(topic, out _, out UpChannel channel) && channel is UpChannel.Presence;

    /// <param name="user">Who asks.</param>
    /// <param name="role">What it is.</param>
    /// <param name="filter">Wildcards among it; each topic that it matches must be one that may be read.</param>
    public static bool MayRead(string user, BrokerRole role, string filter) => Split(filter) is [var device, "up" or "down", ..] parts
        && (role is BrokerRole.Hub ? parts[1] == "up" && (device == "+" || Topics.IsDevice(device)) : parts[1] == "down" && device == user);

    /// <summary>What stands behind the root: device, way, and at least one level more; empty where it is not below the root.</summary>
    static string[] Split(string topic) =>
        topic.StartsWith(Topics.Root + "/", StringComparison.Ordinal) && topic[(Topics.Root.Length + 1)..].Split('/') is { Length: > 2 } parts ? parts : [];
}

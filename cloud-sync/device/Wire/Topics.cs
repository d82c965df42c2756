namespace EdgeFace.Wire;

/// <summary>
/// The topics of a generic broker: <c>edgeface/1/{device}/up/{channel}</c> and <c>edgeface/1/{device}/down/{channel}</c>, so
/// that two patterns are a device's whole access list. The number is the protocol's version.
/// </summary>
static class Topics
{
    public const string Root = "edgeface/1";

    /// <summary>A message is no larger on any channel: 64 KB less what a broker or a hub may add.</summary>
    public const int PayloadBytesMax = 65_000;

    public static string Of(string device, UpChannel channel) => $"{Root}/{device}/up/{Word(channel)}";

    public static string Of(string device, DownChannel channel) => $"{Root}/{device}/down/{Word(channel)}";

    /// <summary>All that a device is told.</summary>
    public static string DownOf(string device) => $"{Root}/{device}/down/+";

    /// <summary>All that all devices say.</summary>
    public const string UpOfAll = $"{Root}/+/up/+";

    /// <summary>What all devices say on one channel.</summary>
    public static string UpOfAllOn(UpChannel channel) => $"{Root}/+/up/{Word(channel)}";

    /// <summary>Likewise, each message to one of a group's clients (MQTT 5).</summary>
    public static string SharedUpOfAllOn(UpChannel channel, string group) => $"$share/{group}/{UpOfAllOn(channel)}";

    /// <summary>Which device says what; false when the topic is none of ours.</summary>
    public static bool TryParse(string topic, out string device, out UpChannel channel)
    {
        channel = default;
        return TrySplit(topic, "up", out device, out var word) && TryChannel(word, out channel);
    }

    /// <summary>Which device is told what; false when the topic is none of ours.</summary>
    public static bool TryParse(string topic, out string device, out DownChannel channel)
    {
        channel = default;
        return TrySplit(topic, "down", out device, out var word) && TryChannel(word, out channel);
    }

    /// <summary>1 to 64 letters, digits, dots, dashes and underscores: nothing that a topic filter would read otherwise.</summary>
    public static bool IsDevice(string name) =>
        name.Length is > 0 and <= 64 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    /// <summary>The channel's word on the wire.</summary>
    public static string Word<TChannel>(TChannel channel) where TChannel : struct, Enum => $"{channel}".ToLowerInvariant();

    /// <summary>By its word on the wire, and by nothing else that an enum would take.</summary>
    public static bool TryChannel<TChannel>(ReadOnlySpan<char> word, out TChannel channel) where TChannel : struct, Enum
    {
        foreach (var each in Enum.GetValues<TChannel>())
        {
            channel = each;
            if (word.SequenceEqual(Word(each))) return true;
        }

        channel = default;
        return false;
    }

    static bool TrySplit(string topic, string way, out string device, out string word)
    {
        (device, word) = ("", "");
        if (topic.Split('/') is not ["edgeface", "1", var name, var said, var channel] || said != way || !IsDevice(name)) return false;

        (device, word) = (name, channel);
        return true;
    }
}

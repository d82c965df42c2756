using EdgeFace.Wire;

namespace EdgeFace.Tests.Consumer;

/// <summary>Events of a door, by their numbers.</summary>
static class SomeEvents
{
    public const string Device = "door-1";

    public static OutboxEvent[] Of(params ReadOnlySpan<(long Boot, long Seq)> keys)
    {
        var events = new OutboxEvent[keys.Length];
        for (var i = 0; i < keys.Length; i++) events[i] = One(keys[i].Boot, keys[i].Seq);
        return events;
    }

    public static OutboxEvent One(
        long boot, long seq, string kind = "granted", params ReadOnlySpan<(string Key, string Text)> more)
    {
        Dictionary<string, string> texts = [];
        foreach (var (key, text) in more) texts[key] = text;
        return new OutboxEvent(
            Device, new EventKey(boot, seq), DateTimeOffset.UnixEpoch, kind, OutboxPriority.Access, "front",
            More: texts.Count > 0 ? texts : null);
    }
}

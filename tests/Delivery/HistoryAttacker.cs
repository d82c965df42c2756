using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>Whoever owns the broker: he has kept all that was ever said to a device, and says what he likes.</summary>
sealed class HistoryAttacker(Random random, HistorySeal seal, HistoryHub hub, StepClock time)
{
    readonly List<DownMessage> _heard = [];

    /// <summary>Everything that was said, the oldest first.</summary>
    public IReadOnlyList<DownMessage> Heard => _heard;

    public void Hear(DownMessage message) => _heard.Add(message);

    /// <summary>An old text again, one that was changed on the way, one by another key, or no text at all.</summary>
    public IEnumerable<DownMessage> Say()
    {
        return random.Next(7) switch
        {
            < 2 when _heard.Count > 0 => [Any()],
            2 when _heard.Count > 0 => [Damaged(Any())],
            3 => [Receipts(seal.Forge(Receipt.Type, Covering(MemoryOutbox.Device, random.Next(1, 4), random.Next(1, 30), 120)))],
            4 => [Receipts(seal.Sign(Receipt.Type, Covering("door-2", 1, 1, 1_000)))],
            5 when random.Next(4) == 0 => Push().Messages(),
            _ => [new DownMessage((DownChannel)random.Next(4), Noise())],
        };
    }

    /// <summary>A good push of the next version, but for the key.</summary>
    PressedGallery Push() => new GalleryPress(HistoryHub.Gallery, HistoryPeople.Model, HistoryKeys.Here.Other, time).Full(
        [HistoryPeople.Of(0, 0), HistoryPeople.Of(1, 0)], hub.Newest + random.Next(1, 3), HistoryKeys.Here.Recipients);

    DownMessage Any() => _heard[random.Next(_heard.Count)];

    DownMessage Damaged(DownMessage message)
    {
        var bytes = message.Payload.ToArray();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(7));
        return message with { Payload = bytes };
    }

    byte[] Noise() => [.. Enumerable.Range(0, random.Next(60)).Select(_ => (byte)random.Next(256))];

    static byte[] Covering(string device, long boot, long from, long to) =>
        new Receipt(device, [new SeqRange(boot, from, to)], default).ToJson();

    static DownMessage Receipts(string text) => new(DownChannel.Receipts, Encoding.ASCII.GetBytes(text));
}

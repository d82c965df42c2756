using System.Security.Cryptography;
using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Wire;

namespace EdgeFace.Tests.Delivery;

/// <summary>
/// A hub as the protocol describes it: publishes states of a gallery, presses them as they are asked for, and answers reports.
/// Its clock is right.
/// </summary>
/// <param name="random">Of the history.</param>
/// <param name="model">Is told what is published.</param>
/// <param name="seal">Knows what is signed here.</param>
/// <param name="time">The hub's.</param>
/// <param name="keepsDeleted">Wrong: somebody who was deleted is pressed with the others.</param>
sealed class HistoryHub(Random random, GalleryModel model, HistorySeal seal, StepClock time, bool keepsDeleted)
{
    public const string Gallery = "main";

    static readonly TimeSpan HeadLifetime = TimeSpan.FromMinutes(20);

    readonly SortedDictionary<long, PersonRecord[]> _states = new() { [0] = [] };
    readonly List<(PressedGallery Push, byte[] Hash, DownMessage[] Messages)> _pressed = [];
    readonly GalleryPress _press = new(Gallery, HistoryPeople.Model, HistoryKeys.Here.Own, time);
    (long Version, DateTimeOffset At, DownMessage Message) _head;

    /// <summary>Hears each message and the device that it is for.</summary>
    public Action<string, DownMessage>? Say { get; set; }

    public long Newest { get; private set; }

    public int Pressed => _pressed.Count;

    /// <summary>The next state: people come, change and go; at times only the number changes, or nobody stays.</summary>
    public void Publish()
    {
        var before = _states[Newest];
        var next = before.ToDictionary(record => record.Person.Number);
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            var record = HistoryPeople.Of(random.Next(HistoryPeople.Count), random.Next(HistoryPeople.Forms));
            if (random.Next(3) == 0 && next.Count > 0) next.Remove(next.Keys.ElementAt(random.Next(next.Count)));
            else next[record.Person.Number] = record;
        }

        if (random.Next(16) == 0) next.Clear();
        Newest += random.Next(8) == 0 ? random.Next(1, 1_000) : 1;
        model.Publish(Newest, next.Values);
        _states[Newest] = [.. next.Values, .. Deleted(before, next)];
    }

    /// <summary>Of its own accord, and not to all who are to have it: the newest state, or a step that leads to it.</summary>
    public void Push(string door)
    {
        if (Newest == 0) return;

        var (from, to) = (Any(), random.Next(4) == 0 ? Any() : Newest);
        if (to == 0) to = Newest;
        Send(door, random.Next(2) == 0 || from >= to ? 0 : from, to, anew: random.Next(4) == 0);
    }

    /// <summary>Which state is the newest: the same text for all, until it is old.</summary>
    public void Head(string door)
    {
        if (Newest == 0) return;

        var now = time.GetUtcNow();
        if (_head.Version != Newest || now - _head.At > HeadLifetime)
        {
            var text = _press.Head(GalleryPress.StateOf(_states[Newest], Newest));
            seal.Know(text, GalleryHead.Type);
            _head = (Newest, now, new DownMessage(DownChannel.Heads, Encoding.ASCII.GetBytes(text)));
        }

        Say?.Invoke(door, _head.Message);
    }

    /// <summary>The chunks that are wanted; to who is behind, the next push; to who wants it, a full one.</summary>
    public void Answer(string door, GalleryReport report)
    {
        var gathered = report.Wanting is { } wanting
            ? _pressed.Find(each => each.Hash.AsSpan().SequenceEqual(wanting.Manifest)).Push : null;
        foreach (var message in gathered?.Answer(report) ?? []) Say?.Invoke(door, message);

        var hasNewest = report.Version == Newest && !report.RolledBack && !report.WantsFull;
        if (Newest == 0 || hasNewest || gathered?.Manifest.Version == Newest) return;

        var isKnown = !report.RolledBack && !report.WantsFull && report.Version < Newest && _states.ContainsKey(report.Version);
        var isStale = report.Refused.Any(each => each.Code is "expired" or "not-yet" or "unknown-key");
        Send(door, isKnown ? report.Version : 0, Newest, anew: isStale);
    }

    /// <param name="door">Which device.</param>
    /// <param name="from">The state that a delta starts from; 0: a full push.</param>
    /// <param name="to">The state that comes of it.</param>
    /// <param name="anew">What was pressed already does not serve.</param>
    void Send(string door, long from, long to, bool anew)
    {
        var now = time.GetUtcNow();
        var messages = anew ? null : _pressed.FindLast(each => each.Push.Manifest is var manifest && manifest.Version == to
            && (manifest.Previous?.Version ?? 0) == from && manifest.Expires > now && manifest.BoxFor(door) is not null).Messages;
        foreach (var message in messages ?? Press(door, from, to)) Say?.Invoke(door, message);
    }

    DownMessage[] Press(string door, long from, long to)
    {
        TimeSpan? lifetime = random.Next(4) == 0 ? TimeSpan.FromMinutes(random.Next(1, 120)) : null;
        var all = HistoryKeys.Here.Recipients;
        var audience = random.Next(2) == 0 ? all : [.. all.Where(each => each.Device == door)];
        var push = from == 0 ? _press.Full(_states[to], to, audience, lifetime)
            : _press.Delta(_states[from], from, _states[to], to, audience, lifetime);
        seal.Know(push.Text, GalleryManifest.Type);
        DownMessage[] messages = [.. push.Messages()];
        _pressed.Add((push, SHA256.HashData(push.Manifest.ToJson()), messages));
        return messages;
    }

    long Any() => _states.Keys.ElementAt(random.Next(_states.Count));

    PersonRecord[] Deleted(PersonRecord[] before, Dictionary<Guid, PersonRecord> next) =>
        keepsDeleted ? [.. before.Where(record => !next.ContainsKey(record.Person.Number)).Take(1)] : [];
}

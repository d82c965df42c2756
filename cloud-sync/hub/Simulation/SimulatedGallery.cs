using System.Security.Cryptography;
using EdgeFace.Delivery;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>A device's people, of whom it keeps the digests only: enough to know whether a push made what was signed.</summary>
/// <param name="device">Whose.</param>
/// <param name="keys">That it trusts.</param>
/// <param name="sealingKey">To which pushes are sealed.</param>
/// <param name="model">That it says to have.</param>
sealed class SimulatedGallery(string device, TrustedKeys keys, ECDiffieHellman sealingKey, string model)
{
    readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    Dictionary<Guid, byte[]> _people = [];
    GalleryInForce? _inForce;
    long _refused;

    public long Version => _inForce?.Version ?? 0;

    public long Refused => Interlocked.Read(ref _refused);

    public GalleryPort Port => new(
        device, () => keys, sealingKey, () => model, () => true, () => _inForce, Apply, key => _kept.GetValueOrDefault(key),
        (key, bytes) => _kept[key] = bytes, news =>
        {
            if (news.Kind is "gallery.push.refused") Interlocked.Increment(ref _refused);
        });

    PushRefusal? Apply(GalleryPush push)
    {
        var people = push.Manifest.Kind is PushKind.Full ? [] : new Dictionary<Guid, byte[]>(_people);
        foreach (var gone in push.Removed) people.Remove(gone);
        foreach (var record in push.People) people[record.Person.Number] = record.Digest;
        if (!GalleryState.ContentOf(people).AsSpan().SequenceEqual(push.Manifest.Content))
            return new PushRefusal("other-content", "What came of the push is not what was signed.", WantsFull: true);

        (_people, _inForce) = (people, GalleryInForce.Of(push.Manifest));
        return null;
    }
}

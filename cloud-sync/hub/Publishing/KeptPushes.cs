using System.Text;
using EdgeFace.Consumer;

namespace EdgeFace.Hub.Publishing;

/// <summary>Pushes that were sent, to answer for lost chunks; those that are forgotten are pressed anew when they are asked for.</summary>
/// <param name="bytesMax">Beyond that the oldest are forgotten; the newest never is.</param>
sealed class KeptPushes(long bytesMax)
{
    readonly Lock _turn = new();
    readonly Dictionary<string, PressedGallery> _kept = new(StringComparer.Ordinal);
    readonly Queue<string> _order = new();
    long _bytes;

    public void Add(PressedGallery pressed)
    {
        var id = Convert.ToHexString(pressed.Hash);
        lock (_turn)
        {
            _kept[id] = pressed;
            _order.Enqueue(id);
            _bytes += SizeOf(pressed);
            while (_bytes > bytesMax && _order.Count > 1 && _kept.Remove(_order.Dequeue(), out var old)) _bytes -= SizeOf(old);
        }
    }

    /// <param name="manifest">Its SHA-256.</param>
    /// <returns>Null: forgotten, or never sent.</returns>
    public PressedGallery? Find(byte[] manifest)
    {
        lock (_turn) return _kept.GetValueOrDefault(Convert.ToHexString(manifest));
    }

    static long SizeOf(PressedGallery pressed) => pressed.Chunks.Sum(chunk => (long)chunk.Length) + Encoding.ASCII.GetByteCount(pressed.Text);
}

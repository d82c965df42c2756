using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Journal;

/// <summary>What a signature under a place in the chain says.</summary>
enum PointKind
{
    /// <summary>All before is gone on purpose: the chain is proved from here on.</summary>
    Base = 0,

    /// <summary>The chain went through here; every <see cref="JournalOptions.HeadEventsMax"/> events, kept for good.</summary>
    Head = 1,

    /// <summary>This was the last event when the transaction ended; one row, rewritten with each.</summary>
    Mark = 2,
}

/// <summary>
/// A place in the chain under the device's signature: all up to <paramref name="Seq"/> gives <paramref name="Hash"/>.
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="Number">Heads are numbered without a hole; of a base or a mark: the number of the last head before it.</param>
/// <param name="Boot">The boot of the event.</param>
/// <param name="Seq">The event; of a base: the last one that is gone, 0 at the very start.</param>
/// <param name="At">When it was signed, in microseconds.</param>
/// <param name="Hash">The event's.</param>
/// <param name="States">The hash over the small states, of a mark; otherwise zeros.</param>
/// <param name="Signature">Under <see cref="Statement"/>.</param>
sealed record SignedPoint(
    PointKind Kind, long Number, long Boot, long Seq, long At, byte[] Hash, byte[] States, byte[] Signature)
{
    public static readonly byte[] NoStates = new byte[EventRow.HashBytes];

    public static SignedPoint Sign(
        JournalKey key, JournalName name, PointKind kind, long number, long boot, long seq, long at, byte[] hash, byte[] states)
    {
        var point = new SignedPoint(kind, number, boot, seq, at, hash, states, []);
        return point with { Signature = key.Sign(point.Statement(name)) };
    }

    public bool IsSignedBy(ECDsa key, JournalName name) =>
        Hash.Length == EventRow.HashBytes && States.Length == EventRow.HashBytes
        && Signature.Length == JournalKey.SignatureBytes && JournalKey.Verify(key, Statement(name), Signature);

    /// <summary>The journal is named in it: a head of another device, or of an earlier journal of this one, is none here.</summary>
    byte[] Statement(JournalName name)
    {
        using var bytes = new MemoryStream(256);
        bytes.Write("edgeface journal point 1\0"u8);
        var device = Encoding.UTF8.GetBytes(name.Device);
        Span<byte> numbers = stackalloc byte[7 * sizeof(long)];
        ReadOnlySpan<long> values = [(long)Kind, Number, Boot, Seq, At, device.Length, 0];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64BigEndian(numbers[(i * sizeof(long))..], values[i]);
        bytes.Write(numbers);
        bytes.Write(device);
        bytes.Write(name.Id.ToByteArray(bigEndian: true));
        bytes.Write(Hash);
        bytes.Write(States);
        return bytes.ToArray();
    }
}

/// <summary>Which journal: the device, and a random number made with the file.</summary>
readonly record struct JournalName(string Device, Guid Id);

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EdgeFace.Journal;

/// <summary>
/// What is in the outbox, as a number that follows each row that comes and goes, so that it may stand under the signature
/// of every transaction without the outbox being read: an incremental multiset hash (Clarke, Devadas, van Dijk, Gassend,
/// Suh: Incremental Multiset Hash Functions, ASIACRYPT 2003). Their MSet-Add-Hash keeps a secret; whoever verifies here has
/// none, so it is added up without one, as in Bellare, Micciancio: A New Paradigm for Collision-Free Hashing, EUROCRYPT
/// 1997. Without a secret 256 bits are not enough: other rows with the same sum are found in some 2^40 steps (Wagner: A
/// Generalized Birthday Problem, CRYPTO 2002). His 2^(2 sqrt n) is 2^128 for 4096 bits: 64 lanes of 64, each added up by
/// itself.
/// </summary>
sealed class OutboxSum
{
    const int Lanes = 64;
    const int SumBytes = Lanes * sizeof(ulong);

    readonly ulong[] _lanes = new ulong[Lanes];

    /// <summary>How many rows.</summary>
    public long Count { get; private set; }

    static ReadOnlySpan<byte> Label => "edgeface journal outbox 1\0"u8;

    /// <summary>
    /// As it stands among the states; null where it does not, or is of an earlier boot than the journal: an older edgeface,
    /// which kept none, wrote last.
    /// </summary>
    public static OutboxSum? Of(IReadOnlyDictionary<string, byte[]> states)
    {
        if (states.GetValueOrDefault(JournalStates.Outbox) is not { Length: 2 * sizeof(long) + SumBytes } state) return null;
        if (BinaryPrimitives.ReadInt64BigEndian(state) != JournalStates.BootOf(states)) return null;

        var sum = new OutboxSum { Count = BinaryPrimitives.ReadInt64BigEndian(state.AsSpan(sizeof(long))) };
        for (var i = 0; i < Lanes; i++) sum._lanes[i] = BinaryPrimitives.ReadUInt64BigEndian(state.AsSpan((2 + i) * sizeof(ulong)));
        return sum;
    }

    public static OutboxSum Over(IEnumerable<(long Priority, long Seq)> rows)
    {
        var sum = new OutboxSum();
        foreach (var (priority, seq) in rows) sum.Add(priority, seq);
        return sum;
    }

    public void Add(long priority, long seq)
    {
        Span<ulong> row = stackalloc ulong[Lanes];
        Spread(priority, seq, row);
        for (var i = 0; i < Lanes; i++) _lanes[i] = unchecked(_lanes[i] + row[i]);
        Count++;
    }

    public void Take(long priority, long seq)
    {
        Span<ulong> row = stackalloc ulong[Lanes];
        Spread(priority, seq, row);
        for (var i = 0; i < Lanes; i++) _lanes[i] = unchecked(_lanes[i] - row[i]);
        Count--;
    }

    public OutboxSum Copy()
    {
        var copy = new OutboxSum { Count = Count };
        _lanes.CopyTo(copy._lanes, 0);
        return copy;
    }

    public byte[] ToState(long boot)
    {
        var state = new byte[2 * sizeof(long) + SumBytes];
        BinaryPrimitives.WriteInt64BigEndian(state, boot);
        BinaryPrimitives.WriteInt64BigEndian(state.AsSpan(sizeof(long)), Count);
        for (var i = 0; i < Lanes; i++) BinaryPrimitives.WriteUInt64BigEndian(state.AsSpan((2 + i) * sizeof(ulong)), _lanes[i]);
        return state;
    }

    public bool Is(OutboxSum other) => Count == other.Count && _lanes.AsSpan().SequenceEqual(other._lanes);

    /// <summary>SHAKE256 (FIPS 202) of a row.</summary>
    static void Spread(long priority, long seq, Span<ulong> lanes)
    {
        Span<byte> row = stackalloc byte[Label.Length + 2 * sizeof(long)];
        Label.CopyTo(row);
        BinaryPrimitives.WriteInt64BigEndian(row[Label.Length..], priority);
        BinaryPrimitives.WriteInt64BigEndian(row[(Label.Length + sizeof(long))..], seq);
        Span<byte> spread = stackalloc byte[SumBytes];
        Shake256.HashData(row, spread);
        for (var i = 0; i < Lanes; i++) lanes[i] = BinaryPrimitives.ReadUInt64BigEndian(spread[(i * sizeof(ulong))..]);
    }
}

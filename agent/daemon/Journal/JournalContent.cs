using System.Security.Cryptography;
using EdgeFace.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeFace.Journal;

/// <summary>What stands at both ends of a journal, looked over before it is written on.</summary>
/// <param name="Name">Whose.</param>
/// <param name="States">The small states.</param>
/// <param name="Base">Where it begins.</param>
/// <param name="Tail">Where it ends.</param>
sealed record JournalContent(
    JournalName Name, SortedDictionary<string, byte[]> States, SignedPoint Base, ChainTail Tail)
{
    /// <summary>
    /// There must be a head file. A journal of an older edgeface does not say so: there, one that has seen a boot since its
    /// beginning has had one.
    /// </summary>
    public bool IsHeaded => States.ContainsKey(JournalStates.Headed) || JournalStates.BootOf(States) > Base.Boot;

    /// <summary>
    /// The end is proved, back to the last signed head; the middle is not walked: a start must not take longer the more
    /// has happened. <c>edgeface journal verify</c> walks all of it. Whose it is the key says, and no name: a host that is called
    /// otherwise goes on with its journal.
    /// </summary>
    /// <exception cref="StorageException">Something is not as this device left it.</exception>
    public static JournalContent Read(SqliteConnection connection, JournalKey key, StoredMark? outside)
    {
        var file = connection.DataSource;
        var states = JournalRows.States(connection);
        var name = JournalStates.NameOf(states) ?? throw Broken(file, "it does not say whose journal it is.");
        if (!states.GetValueOrDefault(JournalStates.PublicKey, []).AsSpan().SequenceEqual(key.Public))
            throw new StorageException(StorageFault.WrongKey, $"{file} was signed with another key than this device's.");

        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(key.Public, out _);
        var from = Signed(connection, PointKind.Base, "number", verifier, name) ?? throw Broken(file, "its beginning is not signed.");
        var mark = Signed(connection, PointKind.Mark, "number", verifier, name) ?? throw Broken(file, "its end is not signed.");
        // Two, since the last one may stand at the very end: the walk begins at the one before, and sees the end.
        var heads = JournalRows.Points(connection, PointKind.Head, "number DESC LIMIT 2").FindAll(head => head.IsSignedBy(verifier, name));
        var (head, before) = (heads.FirstOrDefault(from), heads.Count == 2 ? heads[1] : from);
        if (head.Number != mark.Number || !JournalStates.Hash(states).AsSpan().SequenceEqual(mark.States))
            throw Broken(file, "its last head or its small states were changed.");
        if (!Walk(connection, before, mark)) throw Broken(file, $"its events after {before.Boot}/{before.Seq} were changed.");
        if (outside is not null && (outside.Name != name || outside.Mark.Seq > mark.Seq))
        {
            throw Broken(file, $"it ends with event {mark.Boot}/{mark.Seq}, and journal.head says that it went on to "
                + $"{outside.Mark.Boot}/{outside.Mark.Seq}: it was cut, or an older copy was put back.");
        }

        return new JournalContent(name, states, from, new ChainTail(mark.Boot, mark.Seq, mark.Hash, mark.Number, head.Seq));
    }

    static SignedPoint? Signed(
        SqliteConnection connection, PointKind kind, string order, ECDsa key, JournalName name) =>
        JournalRows.Points(connection, kind, order).FirstOrDefault(point => point.IsSignedBy(key, name));

    /// <summary>From a head to the end, which must be the mark's.</summary>
    static bool Walk(SqliteConnection connection, SignedPoint head, SignedPoint mark)
    {
        using var command = connection.Command(
            $"SELECT {JournalRows.EventColumns} FROM event WHERE seq > $seq ORDER BY seq", ("$seq", head.Seq));
        using var reader = command.ExecuteReader();
        var (seq, hash) = (head.Seq, head.Hash);
        while (reader.Read())
        {
            if (JournalRows.ReadEvent(reader) is not var (row, stored) || row.Seq != seq + 1) return false;
            hash = row.HashAfter(hash);
            if (!hash.AsSpan().SequenceEqual(stored)) return false;
            seq = row.Seq;
        }

        return seq == mark.Seq && hash.AsSpan().SequenceEqual(mark.Hash);
    }

    static StorageException Broken(string file, string how) =>
        SqliteFaults.Damaged(file, how, remedy: JournalSchema.Remedy);
}

using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Hub.Operators;

/// <summary>One entry of the audit log.</summary>
/// <param name="Seq">Dense from 1.</param>
/// <param name="At">Microseconds since 1970, UTC.</param>
/// <param name="Actor">Who: an operator's name, "token:NAME", "hub".</param>
/// <param name="Action">What, as "operator.create".</param>
/// <param name="Target">To whom or what.</param>
/// <param name="Detail">More.</param>
/// <param name="Hash">SHA-256 of the one before and this one: whoever has the entries can follow it.</param>
/// <param name="Mac">HMAC-SHA-256 of that hash: nobody without the hub's key can make it.</param>
sealed record AuditRow(long Seq, long At, string Actor, string Action, string Target, string Detail, byte[] Hash, byte[] Mac)
{
    /// <summary>Injective: numbers of fixed length and texts of stated length.</summary>
    public static byte[] HashOf(byte[] previous, long seq, long at, string actor, string action, string target, string detail)
    {
        using var stream = new MemoryStream(256);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(previous);
        writer.Write(seq);
        writer.Write(at);
        writer.Write(actor);
        writer.Write(action);
        writer.Write(target);
        writer.Write(detail);
        return SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    public byte[] HashAfter(byte[] previous) => HashOf(previous, Seq, At, Actor, Action, Target, Detail);
}

/// <summary>What is looked for; null: anything.</summary>
/// <param name="Text">Somewhere in it, in small or capital letters.</param>
/// <param name="Since">Not older, microseconds.</param>
/// <param name="Until">Not newer.</param>
/// <param name="Before">Only entries before this one: the next page.</param>
sealed record AuditQuery(string? Text = null, long? Since = null, long? Until = null, long? Before = null);

/// <summary>What a check of the whole log has found.</summary>
/// <param name="Rows">So many were looked at.</param>
/// <param name="Seq">The first that is not right.</param>
/// <param name="Fault">Why; null: all is as it was written.</param>
sealed record AuditVerdict(long Rows, long? Seq = null, string? Fault = null)
{
    public bool IsWhole => Fault is null;
}

using System.Data.Common;

namespace EdgeFace.Hub.Operators;

/// <summary>Who does something: the entry about it is written in the act's own transaction, so that neither is ever without the other.</summary>
/// <param name="Log">Where it stands.</param>
/// <param name="Name">Who.</param>
/// <param name="Detail">What else there is to say; it stays for ever, and names nobody.</param>
sealed record Doer(AuditLog Log, string Name, string Detail = "")
{
    /// <summary>To be called last before the commit.</summary>
    public Task WriteAsync(DbConnection connection, DbTransaction transaction, string action, string target, CancellationToken stop) =>
        Log.WriteAsync(connection, transaction, Name, action, target, Detail, stop);
}

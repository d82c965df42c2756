using System.Data.Common;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// Where the hub keeps everything. Shipped twice: <see cref="SqliteDatabase"/> and <see cref="PostgresDatabase"/>. Both speak the SQL of
/// <see cref="Sql"/>: parameters as <c>@name</c>, <c>ON CONFLICT</c>, <c>RETURNING</c>, <c>LIMIT</c>; where they differ, the
/// difference is a member of this seam.
/// </summary>
interface IDatabase : IAsyncDisposable
{
    /// <summary>"sqlite" or "postgresql".</summary>
    string Engine { get; }

    /// <summary>An open connection; the caller disposes it.</summary>
    /// <exception cref="DbException">The engine cannot be reached.</exception>
    ValueTask<DbConnection> OpenAsync(CancellationToken stop);

    /// <summary>Brings the tables to what this program knows. Safe to call from several instances at once.</summary>
    /// <exception cref="StoreException">A newer program has been here.</exception>
    Task MigrateAsync(CancellationToken stop);

    /// <summary>
    /// Events get ids in blocks of so many, each block from one transaction: a block that is missing among those read may still be
    /// committed. 1: ids are given in the order of commits, and none comes later than a larger one.
    /// </summary>
    int IdBlock { get; }

    /// <summary>Keeps those of the events that are new, of several under one key the first, within the caller's transaction.</summary>
    /// <param name="connection">Of this database.</param>
    /// <param name="transaction">The caller commits it.</param>
    /// <param name="events">At most 8,192.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>For each event whether it was new, in their order.</returns>
    Task<bool[]> KeepAsync(DbConnection connection, DbTransaction transaction, IReadOnlyList<KeptEvent> events, CancellationToken stop);

    /// <summary>
    /// What was deleted leaves also the files beside the tables, as far as this program can bring it about. False: another one is reading,
    /// and it is to be tried again.
    /// </summary>
    Task<bool> ScrubAsync(CancellationToken stop);

    /// <summary>Only one instance at a time holds the lease of a name. Null: another one has it.</summary>
    /// <returns>Disposing it gives it back; <see cref="ILease.IsHeldAsync"/> becomes false when it is lost.</returns>
    Task<ILease?> TryLeaseAsync(string name, CancellationToken stop);

    /// <summary>Whether the engine refuses what it was given, and would again; all other faults may pass.</summary>
    bool IsOfValues(DbException fault);
}

/// <summary>The right to be the only one that does something. Shipped with each engine.</summary>
interface ILease : IAsyncDisposable
{
    /// <summary>False once it may be somebody else's.</summary>
    Task<bool> IsHeldAsync(CancellationToken stop);
}

using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Publishing;

/// <summary>
/// Devices take no version at or below the last one, and those of a hub that was restored have seen versions that its backup does not
/// know of. So it goes on far above them. The jump is fixed: what devices report is not signed, and whoever could write it would drive the
/// versions to their end.
/// </summary>
static class RestoredVersions
{
    public const long Jump = 1_000_000;

    public static async Task RaiseAsync(IDatabase database, TimeProvider time, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        (string, object?)[] by = [("@jump", Jump), ("@now", time.Now())];
        await connection.ExecuteAsync(
            "INSERT INTO pressing (gallery, version, at, people, changed, removed, templates, content) "
            + "SELECT pressing.gallery, pressing.version + @jump, @now, people, 0, 0, templates, pressing.content FROM pressing "
            + "JOIN gallery ON gallery.name = pressing.gallery AND gallery.version = pressing.version", by, stop, transaction);
        await connection.ExecuteAsync("DELETE FROM pressing_change", [], stop, transaction); // everybody gets a full push
        await connection.ExecuteAsync("UPDATE gallery SET version = version + @jump WHERE version > 0", [by[0]], stop, transaction);
        await connection.ExecuteAsync("UPDATE device SET desired = desired + @jump WHERE desired > 0", [by[0]], stop, transaction);
        await transaction.CommitAsync(stop);
    }
}

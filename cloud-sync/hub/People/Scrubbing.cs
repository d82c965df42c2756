using System.Data.Common;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.People;

/// <summary>
/// What was erased leaves the files beside the tables, too. That it is due stands in the database and outlives a restart; it is done
/// apart from whoever asked, for it may take minutes, and once for all who asked until then.
/// </summary>
sealed class Scrubbing(IDatabase database)
{
    const string Due = "scrub.due";

    /// <summary>To be called within the transaction that erases.</summary>
    public static Task AskAsync(DbConnection connection, DbTransaction transaction, CancellationToken stop) => connection.ExecuteAsync(
        "INSERT INTO setting (name, value) VALUES (@name, '1') ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(setting.value AS bigint) + 1 AS text)", [("@name", Due)], stop, transaction);

    /// <summary>False: it is not done, and stays due.</summary>
    public async Task<bool> DoAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var asked = await connection.FirstAsync("SELECT value FROM setting WHERE name = @name", row => row.GetString(0), [("@name", Due)], stop);
        if (asked is null) return true;
        if (!await database.ScrubAsync(stop)) return false;

        // Who asked meanwhile has written another number: it is done once more.
        await connection.ExecuteAsync("DELETE FROM setting WHERE name = @name AND value = @asked", [("@name", Due), ("@asked", asked)], stop);
        return true;
    }
}

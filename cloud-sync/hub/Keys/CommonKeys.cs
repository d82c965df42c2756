using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Keys;

/// <summary>
/// What all instances on one database must have alike. It is noted there by digest at the first start and compared at each: an instance
/// with keys of its own would seal what the others cannot open, and sign what devices do not believe.
/// </summary>
static class CommonKeys
{
    const string TrustNote = "keys.trust";

    /// <param name="database">Which all share.</param>
    /// <param name="folder">This instance's own.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="authority">Its authority's certificate.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="StoreException">The folder has other keys than the database was used with.</exception>
    public static async Task CheckAsync(IDatabase database, HubFolder folder, HubKeys keys, (string File, string Pem) authority, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await AlikeAsync(connection, folder.SealingKey, MarkOf(KeyFile.ReadOrMake(folder.SealingKey, "the key of all templates")), stop);
        await AlikeAsync(connection, folder.AuditKey, MarkOf(KeyFile.ReadOrMake(folder.AuditKey, "the key of the audit log")), stop);
        await AlikeAsync(connection, Path.Combine(folder.Keys, "sealing.key"), Digest(keys.SealingKey.ExportSubjectPublicKeyInfo()), stop);
        await AlikeAsync(connection, authority.File, Digest(Encoding.ASCII.GetBytes(authority.Pem)), stop);
        await NoteTrustAsync(connection, folder, keys, stop);
    }

    /// <summary>After a change of a key, so that an instance with the old one no longer starts.</summary>
    public static async Task NoteTrustAsync(IDatabase database, HubFolder folder, HubKeys keys, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await NoteTrustAsync(connection, folder, keys, stop);
    }

    static async Task AlikeAsync(DbConnection connection, string file, string own, CancellationToken stop)
    {
        var name = $"keys.{Path.GetFileName(file)}";
        await connection.ExecuteAsync("INSERT INTO setting (name, value) VALUES (@name, @own) ON CONFLICT (name) DO NOTHING", [("@name", name), ("@own", own)], stop);
        if (await NotedAsync(connection, name, stop) is { } noted && noted != own)
        {
            throw new StoreException(
                $"{file} (digest {own}) is not the one that this database is used with (digest {noted}). Copy keys, trust.json, hub.key, audit.key and authority from the "
                + "data folder of an instance that runs, or from the backup; or name another database.");
        }
    }

    /// <summary>Sets of trusted keys follow each other: an older one is another instance's, and a newer one is noted.</summary>
    static async Task NoteTrustAsync(DbConnection connection, HubFolder folder, HubKeys keys, CancellationToken stop)
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"{keys.Trust.Version:D12} {Digest(keys.Trust.ToJson())}");
        await connection.ExecuteAsync(
            "INSERT INTO setting (name, value) VALUES (@name, @own) ON CONFLICT (name) DO UPDATE SET value = excluded.value "
            + "WHERE substr(setting.value, 1, 12) < substr(excluded.value, 1, 12)",
            [("@name", TrustNote), ("@own", own)], stop);
        if (await NotedAsync(connection, TrustNote, stop) is { } noted && noted != own)
        {
            throw new StoreException(
                $"{folder.Trust} is the set of trusted keys {own.TrimStart('0')}, and this database is used with {noted.TrimStart('0')}. Copy the folder keys and trust.json from the "
                + "instance on which a key was changed last.");
        }
    }

    static Task<string?> NotedAsync(DbConnection connection, string name, CancellationToken stop) =>
        connection.FirstAsync("SELECT value FROM setting WHERE name = @name", row => row.GetString(0), [("@name", name)], stop);

    /// <summary>Of a secret of 32 random bytes: nobody finds the one from the other.</summary>
    static string MarkOf(byte[] secret)
    {
        var mark = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "edgeface hub common keys 1"u8)[..8]);
        CryptographicOperations.ZeroMemory(secret);
        return mark;
    }

    static string Digest(byte[] known) => Convert.ToHexStringLower(SHA256.HashData(known)[..8]);
}

using System.Text.Json;
using EdgeFace.Documents;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// The sites that operators work on. A change says of which version it was made: of two who change at once the second is told so.
/// </summary>
sealed class SiteStore(IDatabase database, TimeProvider time)
{
    const int SitesMax = 500;

    public async Task<IReadOnlyList<SiteDraft>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {SiteDraft.Columns} FROM site ORDER BY name LIMIT @count", SiteDraft.Read, [("@count", (long)SitesMax)], stop);
    }

    public async Task<SiteDraft?> FindAsync(string name, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"SELECT {SiteDraft.Columns} FROM site WHERE name = @name", SiteDraft.Read, [("@name", name)], stop);
    }

    /// <summary>Saves what the reader takes, and nothing else.</summary>
    /// <param name="name">Of the site.</param>
    /// <param name="body">The whole document.</param>
    /// <param name="version">Of which this was made; 0: it is a new site.</param>
    /// <param name="by">Who.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<SiteOutcome> SaveAsync(string name, string body, long version, Doer by, CancellationToken stop)
    {
        if (name.Trim() != name || name.Length is < 1 or > SiteDraft.NameMax || name.Any(letter => char.IsControl(letter) || letter is '/' or '\\' or '?' or '#'))
            return new SiteOutcome(0, [new DocumentFault(0, 0, "$", $"a site's name has 1 to {SiteDraft.NameMax} characters, none of them / \\ ? #, and no space at its ends")]);

        if (SiteDraft.Check(body) is { Faults: { Count: > 0 } faults }) return new SiteOutcome(0, faults);
        if (Long(body) is { } tooLong) return new SiteOutcome(0, [tooLong]);

        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        (string, object?)[] values = [("@name", name), ("@body", body), ("@now", time.Now()), ("@by", by.Name)];
        var saved = version == 0
            ? await connection.NumberAsync(
                "INSERT INTO site (name, body, version, changed, by) VALUES (@name, @body, 1, @now, @by) ON CONFLICT (name) DO NOTHING RETURNING version", values, stop, transaction)
            : await connection.NumberAsync(
                "UPDATE site SET body = @body, version = version + 1, changed = @now, by = @by WHERE name = @name AND version = @version RETURNING version",
                [.. values, ("@version", version)], stop, transaction);
        if (saved == 0) return new SiteOutcome(0, [], await FindAsync(name, stop));

        await (by with { Detail = $"{by.Detail}version {saved}" }).WriteAsync(connection, transaction, version == 0 ? "site.make" : "site.change", name, stop);
        await transaction.CommitAsync(stop);
        return new SiteOutcome(saved, []);
    }

    /// <returns>False: there is none of that version.</returns>
    public async Task<bool> DeleteAsync(string name, long version, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (await connection.ExecuteAsync("DELETE FROM site WHERE name = @name AND version = @version", [("@name", name), ("@version", version)], stop, transaction) == 0) return false;

        await (by with { Detail = $"{by.Detail}version {version}" }).WriteAsync(connection, transaction, "site.delete", name, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>As the reader of devices does.</summary>
    public static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    static DocumentFault? Long(string body)
    {
        try
        {
            SettingsDesk.Checked(body);
            return null;
        }
        catch (FormatException e)
        {
            return new DocumentFault(0, 0, "$", e.Message);
        }
    }
}

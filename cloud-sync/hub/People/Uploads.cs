using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.People;

/// <summary>Somebody who was enrolled at a door, and what came of it.</summary>
/// <param name="Device">At which.</param>
/// <param name="Id">Of the message.</param>
/// <param name="At">When the hub heard it.</param>
/// <param name="Person">Random id.</param>
/// <param name="Outcome">"waiting", "enrolled", "known", "erased", "rejected: a word", "refused: why", "heard", "replaced": the door has said more of him since.</param>
/// <param name="Like">Who bore the same face when it was heard; null: nobody.</param>
sealed record Upload(string Device, string Id, DateTimeOffset At, string Person, string Outcome, string? Like)
{
    public const string Waiting = "waiting", Enrolled = "enrolled", Known = "known", Erased = "erased", Heard = "heard", Replaced = "replaced", Rejected = "rejected: ", Refused = "refused: ";

    public const string Columns = "upload.device, upload.id, upload.at, upload.person, upload.outcome, upload.alike";

    public static Upload Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.Time(2), row.GetString(3), row.GetString(4), row.Text(5));
}

/// <summary>What a door has sent of somebody: kept sealed, and out of every gallery, until an operator has looked at it.</summary>
/// <param name="Details">As the door has them.</param>
/// <param name="Groups">That the door proposes.</param>
/// <param name="Templates">Of his pictures at the door.</param>
sealed record UploadedPerson(PersonDetails Details, string[] Groups, NewTemplate[] Templates)
{
    public override string ToString() => "somebody from a door";
}

/// <summary>A door whose enrolments may be accepted at once.</summary>
sealed record EnrollingDoor(string Device, bool IsAtOnce);

/// <summary>What doors have enrolled, and those of it who wait for an operator.</summary>
sealed class Uploads(IDatabase database, PersonalSeal seal, TimeProvider time)
{
    /// <summary>Nobody's face is kept for longer because nobody looked.</summary>
    public static readonly TimeSpan WaitsFor = TimeSpan.FromDays(30);

    /// <summary>Of one door.</summary>
    public const int WaitingMax = 500;

    public const int WordLettersMax = 200;

    const string Sealed = "upload_draft.sealed";

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Upload>> ListAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"SELECT {Upload.Columns} FROM upload ORDER BY at DESC, id LIMIT @count", Upload.Read, [("@count", (long)count)], stop);
    }

    /// <summary>How many wait for an operator.</summary>
    public async Task<long> WaitingAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT count(*) FROM upload_draft", [], stop);
    }

    /// <summary>Those who wait, opened, the oldest first.</summary>
    public async Task<IReadOnlyList<(Upload Upload, UploadedPerson Person)>> DraftsAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"{Drafts} ORDER BY upload.at, upload.id LIMIT @count", Open, [("@count", (long)count)], stop);
    }

    /// <summary>One of them; null: it does not wait any more.</summary>
    public async Task<(Upload Upload, UploadedPerson Person)?> FindAsync(string device, string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var found = await connection.ListAsync($"{Drafts} WHERE upload.device = @device AND upload.id = @id", Open, [("@device", device), ("@id", id)], stop);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>He is not taken: what the door has sent of him goes.</summary>
    /// <param name="device">Which door's.</param>
    /// <param name="id">Of the message.</param>
    /// <param name="word">Why; it stays, and names nobody.</param>
    /// <param name="by">Who has looked.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>False: it does not wait any more.</returns>
    /// <exception cref="FormatException">There is no word, or it is too long.</exception>
    public async Task<bool> RejectAsync(string device, string id, string word, Doer by, CancellationToken stop)
    {
        var said = word.Replace('\0', ' ').Trim();
        if (said.Length is 0 or > WordLettersMax) throw new FormatException($"Say why in 1 to {WordLettersMax} characters; these are {said.Length}.");

        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        if (!await EndAsync(connection, transaction, device, id, Upload.Rejected + said, stop)) return false;

        await by.WriteAsync(connection, transaction, "upload.reject", $"{id} of {device}", stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>At whom nobody has looked for so long is not kept.</summary>
    public async Task ExpireAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var old = await connection.ListAsync(
            "SELECT upload.device, upload.id FROM upload JOIN upload_draft ON upload_draft.device = upload.device AND upload_draft.id = upload.id WHERE at < @before LIMIT 1000",
            row => (Device: row.GetString(0), Id: row.GetString(1)), [("@before", Moment.Of(time.GetUtcNow() - WaitsFor))], stop);
        foreach (var (device, id) in old)
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await EndAsync(connection, transaction, device, id, $"{Upload.Refused}nobody looked at it within {WaitsFor.Days} days; enrol the person at the door anew", stop);
            await transaction.CommitAsync(stop);
        }
    }

    /// <summary>Whether what this door enrols is taken without an operator.</summary>
    public async Task<bool> IsAtOnceAsync(string device, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.NumberAsync("SELECT enrolls FROM device WHERE name = @device AND revoked IS NULL", [("@device", device)], stop) > 0;
    }

    /// <summary>All that could be.</summary>
    public async Task<IReadOnlyList<EnrollingDoor>> DoorsAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT name, enrolls FROM device WHERE revoked IS NULL ORDER BY name LIMIT @count", row => new EnrollingDoor(row.GetString(0), row.GetInt64(1) > 0),
            [("@count", (long)count)], stop);
    }

    /// <returns>False: there is no such device.</returns>
    public async Task<bool> LetAsync(string device, bool isAtOnce, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var isThere = await connection.ExecuteAsync(
            "UPDATE device SET enrolls = @enrolls WHERE name = @device AND revoked IS NULL", [("@enrolls", isAtOnce ? 1L : 0L), ("@device", device)], stop, transaction) > 0;
        if (!isThere) return false;

        await by.WriteAsync(connection, transaction, isAtOnce ? "upload.at-once" : "upload.looked-at", device, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>He waits from now on, in the place of what the door has said of him before.</summary>
    /// <returns>False: too many of this door wait already.</returns>
    public async Task<bool> KeepAsync(
        DbConnection connection, DbTransaction transaction, string device, string id, string person, UploadedPerson what, CancellationToken stop)
    {
        (string, object?)[] of = [("@device", device), ("@person", person)];
        var before = await connection.ListAsync(
            "SELECT id FROM upload WHERE device = @device AND person = @person AND outcome = 'waiting'", row => row.GetString(0), of, stop, transaction);
        foreach (var old in before) await EndAsync(connection, transaction, device, old, Upload.Replaced, stop);
        if (await connection.NumberAsync("SELECT count(*) FROM upload_draft WHERE device = @device", [("@device", device)], stop, transaction) >= WaitingMax) return false;

        var number = Guid.ParseExact(person, "N");
        var key = seal.NewKey(number);
        using var cipher = seal.Of(number, key);
        await connection.ExecuteAsync(
            "INSERT INTO upload_draft (device, id, key, sealed) VALUES (@device, @id, @key, @sealed)",
            [("@device", device), ("@id", id), ("@key", key), ("@sealed", cipher.Seal(UploadJson.Write(what), new CellPlace(Sealed, number)))], stop, transaction);
        return true;
    }

    /// <summary>What was kept of him here goes, and what came of it is written down.</summary>
    /// <returns>False: nothing was kept, somebody else was faster.</returns>
    public static async Task<bool> EndAsync(DbConnection connection, DbTransaction transaction, string device, string id, string outcome, CancellationToken stop)
    {
        (string, object?)[] of = [("@device", device), ("@id", id)];
        if (await connection.ExecuteAsync("DELETE FROM upload_draft WHERE device = @device AND id = @id", of, stop, transaction) == 0) return false;

        await connection.ExecuteAsync("UPDATE upload SET outcome = @outcome WHERE device = @device AND id = @id", [.. of, ("@outcome", outcome)], stop, transaction);
        await Scrubbing.AskAsync(connection, transaction, stop);
        return true;
    }

    (Upload, UploadedPerson) Open(DbDataReader row)
    {
        var upload = Upload.Read(row);
        var number = Guid.ParseExact(upload.Person, "N");
        using var cipher = seal.Of(number, row.GetFieldValue<byte[]>(6));
        return (upload, UploadJson.Read(PersonalSeal.Open(cipher, row.GetFieldValue<byte[]>(7), new CellPlace(Sealed, number))));
    }

    const string Drafts = $"SELECT {Upload.Columns}, upload_draft.key, upload_draft.sealed FROM upload JOIN upload_draft ON upload_draft.device = upload.device AND upload_draft.id = upload.id";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UploadedPerson))]
sealed partial class UploadJson : JsonSerializerContext
{
    public static byte[] Write(UploadedPerson person) => JsonSerializer.SerializeToUtf8Bytes(person, Default.UploadedPerson);

    public static UploadedPerson Read(byte[] json) =>
        JsonSerializer.Deserialize(json, Default.UploadedPerson) ?? throw new StoreException("What a door has sent of somebody is empty.");
}

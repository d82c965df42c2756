using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.People;

/// <summary>Many people enrolled at once.</summary>
/// <param name="Id">Random.</param>
/// <param name="Created">When it was given.</param>
/// <param name="By">By whom.</param>
/// <param name="Gallery">Into which.</param>
/// <param name="State">"running", "done", "stopped".</param>
/// <param name="Ended">Null: it goes on.</param>
/// <param name="Rows">People.</param>
/// <param name="Done">Of them enrolled.</param>
/// <param name="Refused">Of them refused.</param>
sealed record BulkJob(
    string Id, DateTimeOffset Created, string By, string Gallery, string State, DateTimeOffset? Ended, long Rows, long Done, long Refused)
{
    public static BulkJob Read(DbDataReader row) => new(
        row.GetString(0), row.Time(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TimeOrNull(5), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8));

    public bool IsRunning => State is "running";
}

/// <summary>How much one job may bring.</summary>
/// <param name="PhotoBytesMax">All its photos together, unpacked.</param>
sealed record BulkRoom(long PhotoBytesMax);

/// <summary>What came of one line.</summary>
/// <param name="Row">From 1; line of the file less one.</param>
/// <param name="Outcome">"enrolled" or "refused"; null: its turn has not come.</param>
/// <param name="Person">Who came of it, or whom it is like.</param>
/// <param name="Reason">Why it was refused.</param>
sealed record BulkOutcome(long Row, string? Outcome, string? Person, string? Reason);

/// <summary>
/// Jobs of bulk enrolment: lines sealed in the database, photos sealed on this instance's disk until the job ends. A job that a
/// restart has cut off goes on where it was.
/// </summary>
sealed class BulkJobs(IDatabase database, PersonalSeal seal, HubFolder folder, TimeProvider time)
{
    public const int PhotosMax = 20_000;

    const string Columns = "id, created, by, gallery, state, ended, (SELECT count(*) FROM bulk_row WHERE job = id), "
        + "(SELECT count(*) FROM bulk_row WHERE job = id AND outcome = 'enrolled'), (SELECT count(*) FROM bulk_row WHERE job = id AND outcome = 'refused')";

    /// <summary>Where a job's photos go before it begins.</summary>
    public string Begin()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        OwnerOnly.CreateFolder(FolderOf(id));
        return id;
    }

    /// <summary>Seals one; its name is in no name of a file.</summary>
    public void Keep(string job, string photo, ReadOnlySpan<byte> bytes) => AtomicFile.Write(FileOf(job, photo), seal.Seal(bytes, Place(job, photo)));

    /// <summary>Null: it was not given.</summary>
    public byte[]? Photo(string job, string photo) =>
        File.Exists(FileOf(job, photo)) ? seal.Open(File.ReadAllBytes(FileOf(job, photo)), Place(job, photo)) : null;

    /// <summary>The photos are there: the loop takes it up.</summary>
    public async Task AddAsync(string id, string by, string gallery, IReadOnlyList<BulkLine> lines, CancellationToken stop, Doer? doer = null)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync(
            "INSERT INTO bulk_job (id, created, by, gallery, state) VALUES (@id, @now, @by, @gallery, 'running')",
            [("@id", id), ("@now", time.Now()), ("@by", by), ("@gallery", gallery)], stop, transaction);
        foreach (var (i, line) in lines.Index())
        {
            await connection.ExecuteAsync(
                "INSERT INTO bulk_row (job, row, sealed) VALUES (@job, @row, @sealed)",
                [("@job", id), ("@row", i + 1L), ("@sealed", seal.Seal(BulkJson.Write(line), RowPlace(id, i + 1)))], stop, transaction);
        }

        if (doer is not null) await doer.WriteAsync(connection, transaction, "bulk.begin", id, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>A job that was never begun leaves nothing.</summary>
    public void Drop(string id)
    {
        if (Directory.Exists(FolderOf(id))) Directory.Delete(FolderOf(id), recursive: true);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<BulkJob>> ListAsync(int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"SELECT {Columns} FROM bulk_job ORDER BY created DESC LIMIT @count", BulkJob.Read, [("@count", (long)count)], stop);
    }

    public async Task<BulkJob?> FindAsync(string id, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"SELECT {Columns} FROM bulk_job WHERE id = @id", BulkJob.Read, [("@id", id)], stop);
    }

    /// <summary>The oldest that goes on, and whose photos are here.</summary>
    public async Task<BulkJob?> NextAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var running = await connection.ListAsync($"SELECT {Columns} FROM bulk_job WHERE state = 'running' ORDER BY created LIMIT 100", BulkJob.Read, [], stop);
        return running.FirstOrDefault(job => Directory.Exists(FolderOf(job.Id)));
    }

    /// <summary>
    /// The first line whose turn has not come, with the id that its person is to have: the same after a restart, so that nobody is
    /// enrolled twice. Null: there is none.
    /// </summary>
    public async Task<(long Row, BulkLine Line, string Person)?> NextRowAsync(string job, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var found = await connection.ListAsync(
            "SELECT row, sealed, person FROM bulk_row WHERE job = @job AND outcome IS NULL AND sealed IS NOT NULL ORDER BY row LIMIT 1",
            row => (Row: row.GetInt64(0), Cell: row.GetFieldValue<byte[]>(1), Person: row.Text(2)), [("@job", job)], stop);
        if (found.Count == 0) return null;

        var (number, cell, person) = found[0];
        if (person is null)
        {
            person = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            await connection.ExecuteAsync(
                "UPDATE bulk_row SET person = @person WHERE job = @job AND row = @row", [("@job", job), ("@row", number), ("@person", person)], stop);
        }

        return (number, BulkJson.Read(seal.Open(cell, RowPlace(job, number))), person);
    }

    /// <summary>What came of a line: of the line itself nothing is kept.</summary>
    public async Task TellAsync(string job, BulkOutcome outcome, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            "UPDATE bulk_row SET outcome = @outcome, person = @person, reason = @reason, sealed = NULL WHERE job = @job AND row = @row",
            [("@job", job), ("@row", outcome.Row), ("@outcome", outcome.Outcome), ("@person", outcome.Person), ("@reason", outcome.Reason)], stop);
    }

    public async Task<IReadOnlyList<BulkOutcome>> OutcomesAsync(string job, bool refusedOnly, int count, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT row, outcome, person, reason FROM bulk_row WHERE job = @job {(refusedOnly ? "AND outcome = 'refused'" : "")} ORDER BY row LIMIT @count",
            row => new BulkOutcome(row.GetInt64(0), row.Text(1), row.Text(2), row.Text(3)), [("@job", job), ("@count", (long)count)], stop);
    }

    /// <summary>It is over: the photos and the lines that are left go.</summary>
    public async Task EndAsync(string job, string state, CancellationToken stop, Doer? doer = null)
    {
        await using (var connection = await database.OpenAsync(stop))
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            await connection.ExecuteAsync("UPDATE bulk_row SET sealed = NULL WHERE job = @job", [("@job", job)], stop, transaction);
            await connection.ExecuteAsync(
                "UPDATE bulk_job SET state = @state, ended = @now WHERE id = @job AND state = 'running'", [("@job", job), ("@state", state), ("@now", time.Now())], stop, transaction);
            if (doer is not null) await doer.WriteAsync(connection, transaction, "bulk.stop", job, stop);
            await transaction.CommitAsync(stop);
        }

        Drop(job);
    }

    /// <summary>Folders of jobs that ended, or were never begun, while nobody could take them away.</summary>
    public async Task SweepAsync(CancellationToken stop)
    {
        foreach (var path in Directory.EnumerateDirectories(folder.Bulk).ToArray())
            if (await FindAsync(Path.GetFileName(path), stop) is not { IsRunning: true }) Directory.Delete(path, recursive: true);
    }

    string FolderOf(string job) => Path.Combine(folder.Bulk, Guid.ParseExact(job, "N").ToString("N"));

    string FileOf(string job, string photo) => Path.Combine(FolderOf(job), $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{job}/{photo}")))}.photo");

    static string Place(string job, string photo) => $"bulk.{job}.{photo}";

    static string RowPlace(string job, long row) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bulk_row.{job}.{row}");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BulkLine))]
sealed partial class BulkJson : JsonSerializerContext
{
    public static byte[] Write(BulkLine line) => JsonSerializer.SerializeToUtf8Bytes(line, Default.BulkLine);

    public static BulkLine Read(byte[] json) => JsonSerializer.Deserialize(json, Default.BulkLine) ?? throw new StoreException("A line of a bulk job is empty.");
}

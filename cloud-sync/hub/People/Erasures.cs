using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.People;

/// <summary>An erasure, and which devices have said that they did it.</summary>
/// <param name="Person">His random id.</param>
/// <param name="AskedAt">When.</param>
/// <param name="By">Which operator; "retention" where the time had run out.</param>
/// <param name="Why">In words.</param>
/// <param name="Templates">How many the hub erased.</param>
/// <param name="Digest">SHA-256 over every sealed cell that the hub erased, hex.</param>
/// <param name="Gallery">In which he was.</param>
/// <param name="Version">The first version of it without him; null: not pressed yet.</param>
/// <param name="Signature">The hub's own statement, signed.</param>
/// <param name="First">The first version of it with him; 0: he was in none.</param>
sealed record Erasure(
    string Person, DateTimeOffset AskedAt, string By, string Why, long Templates, string Digest, string Gallery, long? Version, string? Signature, long First)
{
    public static Erasure Read(DbDataReader row) => new(
        row.GetString(0), row.Time(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5), row.GetString(6), row.Long(7), row.Text(8), row.GetInt64(9));
}

/// <summary>What is known of one device.</summary>
enum ErasureState
{
    /// <summary>It has signed that nothing of him is left there.</summary>
    Erased,

    /// <summary>It has signed that he is erased, but for traces in a log that goes with its next restart.</summary>
    Traces,

    /// <summary>He was never sent there, and was not enrolled there.</summary>
    NeverHad,

    /// <summary>It may have him, and has signed nothing yet.</summary>
    Missing,

    /// <summary>It may have him, and nothing that it says is believed any more: it was revoked, or set up anew.</summary>
    NotKnown,
}

/// <summary>How one device stands to an erasure.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Version">Of the gallery in force there, as it says; that is not signed, and proves nothing.</param>
/// <param name="ReceivedAt">When its signed receipt came; null: it has not.</param>
/// <param name="Statement">What it signed.</param>
/// <param name="State">What follows from it.</param>
/// <param name="Revoked">From when on it is not believed; null: it is.</param>
sealed record ErasureAtDevice(string Device, long Version, DateTimeOffset? ReceivedAt, ErasureStatement? Statement, ErasureState State, DateTimeOffset? Revoked)
{
    public bool IsDone => State is ErasureState.Erased or ErasureState.NeverHad;
}

/// <summary>An erasure in a list: of the devices that may have had him, how many have signed.</summary>
sealed record ErasureCount(Erasure Erasure, long Devices, long Receipts);

/// <summary>
/// Erases people: every cell of theirs is deleted here, the next version of the gallery takes them off every device, and each device
/// answers with a receipt under its own signature. What stays is a random id that leads to nobody.
/// </summary>
sealed class Erasures
{
    readonly IDatabase _database;
    readonly HubKeys _keys;
    readonly AuditLog _audit;
    readonly TimeProvider _time;

    public Erasures(IDatabase database, HubKeys keys, AuditLog audit, TimeProvider time) => (_database, _keys, _audit, _time) = (database, keys, audit, time);

    /// <summary>In one transaction, with the entry in the audit log; that has no reason, which may name somebody.</summary>
    /// <returns>False: there is no such person.</returns>
    public async Task<bool> EraseAsync(string person, string by, string why, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        (string, object?)[] of = [("@id", person)];
        var gallery = await connection.FirstAsync("SELECT gallery FROM person WHERE id = @id", row => row.GetString(0), of, stop, transaction);
        if (gallery is null) return false;

        var now = _time.GetUtcNow();
        var (digest, templates) = await DigestAsync(connection, transaction, person, stop);
        var statement = _keys.Sign(KeyRole.Enrollment, HubErasure.Type, new HubErasure(person, now, templates, digest).ToJson());
        await connection.ExecuteAsync("DELETE FROM template WHERE person = @id", of, stop, transaction);
        await connection.ExecuteAsync("DELETE FROM person_group WHERE person = @id", of, stop, transaction);
        var first = await connection.NumberAsync("DELETE FROM person WHERE id = @id RETURNING coalesce(pushed, 0)", of, stop, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO erasure (person, asked, by, why, templates, digest, gallery, signature, first) VALUES (@id, @now, @by, @why, @templates, @digest, @gallery, @signature, @first) "
            + "ON CONFLICT (person) DO NOTHING",
            [
                .. of, ("@now", Moment.Of(now)), ("@by", by), ("@why", why), ("@templates", (long)templates), ("@digest", digest), ("@gallery", gallery),
                ("@signature", statement), ("@first", first),
            ], stop, transaction);
        await PersonStore.TouchAsync(connection, transaction, gallery, isUrgent: true, stop);
        await Scrubbing.AskAsync(connection, transaction, stop);
        await _audit.WriteAsync(connection, transaction, by, "person.erase", person, "", stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    /// <summary>Whose time has run out; at most so many at once.</summary>
    public async Task<IReadOnlyList<string>> DueAsync(int count, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT id FROM person WHERE retain_until <= @now ORDER BY retain_until LIMIT @count", row => row.GetString(0),
            [("@now", _time.Now()), ("@count", (long)count)], stop);
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<ErasureCount>> ListAsync(int skip, int count, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync(
            $"SELECT {Columns}, (SELECT count(*) FROM device WHERE {MayHaveHad}), "
            + "(SELECT count(*) FROM erasure_receipt WHERE erasure_receipt.person = erasure.person AND complete = 1) "
            + "FROM erasure ORDER BY asked DESC, person LIMIT @count OFFSET @skip",
            row => new ErasureCount(Erasure.Read(row), row.GetInt64(10), row.GetInt64(11)), [("@count", (long)count), ("@skip", (long)skip)], stop);
    }

    /// <summary>What the hub itself has signed; null where that is not its own any more, or was changed.</summary>
    public HubErasure? Open(Erasure erasure) =>
        erasure.Signature is { } text && HubErasure.Open(Encoding.ASCII.GetBytes(text), _keys.Trust) is { } statement && statement.Person == erasure.Person
            && statement.Sha256 == erasure.Digest ? statement : null;

    public async Task<Erasure?> FindAsync(string person, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.FirstAsync($"{Select} WHERE person = @id", Erasure.Read, [("@id", person)], stop);
    }

    /// <summary>
    /// Every device of his gallery that was there then, also one that was revoked, and every one at which he was enrolled. Whoever may have
    /// had him owes a receipt under its own key: what a device reports besides is not signed, and a broker could say it for it.
    /// </summary>
    /// <param name="erasure">Which.</param>
    /// <param name="isVerified">False: receipts are shown as they were read when they came, each verified then, and not once more.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<IReadOnlyList<ErasureAtDevice>> DevicesAsync(Erasure erasure, bool isVerified, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT device.name, device.version, device.spki, device.revoked, device.registered, erasure_receipt.at, erasure_receipt.receipt, erasure_receipt.erased, "
            + $"erasure_receipt.templates, erasure_receipt.sha256, erasure_receipt.complete, CAST(CASE WHEN {MayHaveHad} THEN 1 ELSE 0 END AS bigint) "
            + "FROM erasure JOIN device ON device.gallery = erasure.gallery OR device.name IN (SELECT device FROM upload WHERE person = erasure.person) "
            + "OR device.name IN (SELECT device FROM erasure_receipt WHERE person = erasure.person) "
            + "LEFT JOIN erasure_receipt ON erasure_receipt.device = device.name AND erasure_receipt.person = erasure.person "
            + $"WHERE erasure.person = @id AND (device.began <= erasure.asked + {Margin} OR {MayHaveHad}) ORDER BY device.name",
            row => Read(row, erasure, isVerified), [("@id", erasure.Person)], stop);
    }

    static ErasureAtDevice Read(DbDataReader row, Erasure erasure, bool isVerified)
    {
        var (device, revoked) = (row.GetString(0), row.TimeOrNull(3));
        var statement = row.Text(6) is not { } text ? null
            : isVerified ? ErasureStatement.Open(Encoding.ASCII.GetBytes(text), device, new VerifyingKey(row.GetFieldValue<byte[]>(2)))
            : new ErasureStatement(device, erasure.Person, "", row.Time(7), (int)row.GetInt64(8), row.GetString(9), row.GetInt64(10) != 0);
        var state = statement is { Complete: true } ? ErasureState.Erased
            : statement is not null ? ErasureState.Traces
            : row.GetInt64(11) == 0 ? ErasureState.NeverHad
            : revoked is not null || row.Time(4) > erasure.AskedAt ? ErasureState.NotKnown : ErasureState.Missing;
        return new ErasureAtDevice(device, row.GetInt64(1), row.TimeOrNull(5), statement, state, revoked);
    }

    /// <summary>A device's event of an erasure; kept when the statement in it is signed by the device's own key.</summary>
    public async Task HearAsync(DbConnection connection, DbTransaction transaction, OutboxEvent what, CancellationToken stop)
    {
        if (ErasureStatement.Joined(what.More) is not { } text) return;

        var key = await connection.FirstAsync(
            "SELECT spki FROM device WHERE name = @device AND revoked IS NULL", row => row.GetFieldValue<byte[]>(0), [("@device", what.Device)], stop, transaction);
        if (key is null || ErasureStatement.Open(Encoding.ASCII.GetBytes(text), what.Device, new VerifyingKey(key)) is not { } statement) return;

        // Of somebody who is to be there it tells of a suspension that has ended, or of an act at the device: the next push brings him back.
        var isWanted = await connection.NumberAsync(
            "SELECT count(*) FROM person WHERE id = @person AND suspended IS NULL", [("@person", statement.Subject)], stop, transaction) > 0;
        if (isWanted) return;

        await connection.ExecuteAsync(
            "INSERT INTO erasure_receipt (person, device, at, receipt, erased, templates, sha256, complete) "
            + "VALUES (@person, @device, @now, @receipt, @erased, @templates, @sha256, @complete) ON CONFLICT (person, device) DO UPDATE SET "
            + "at = excluded.at, receipt = excluded.receipt, erased = excluded.erased, templates = excluded.templates, sha256 = excluded.sha256, complete = excluded.complete",
            [
                ("@person", statement.Subject), ("@device", what.Device), ("@now", _time.Now()), ("@receipt", text), ("@erased", Moment.Of(statement.ErasedAt)),
                ("@templates", (long)statement.Templates), ("@sha256", statement.Sha256), ("@complete", statement.Complete ? 1L : 0L),
            ], stop, transaction);
    }

    /// <summary>Microseconds; what was pressed before he was erased may have been sent for so long after it.</summary>
    const string Margin = "60000000";

    /// <summary>Of a row of device beside one of erasure.</summary>
    const string MayHaveHad =
        $"((device.gallery = erasure.gallery AND device.began <= erasure.asked + {Margin} AND erasure.first > 0 AND device.sent >= erasure.first) "
        + "OR EXISTS (SELECT 1 FROM upload WHERE upload.person = erasure.person AND upload.device = device.name) "
        + "OR EXISTS (SELECT 1 FROM erasure_receipt AS own WHERE own.person = erasure.person AND own.device = device.name))";

    const string Columns = "erasure.person, asked, by, why, templates, digest, gallery, version, signature, first";

    const string Select = $"SELECT {Columns} FROM erasure";

    static async Task<(string Digest, int Templates)> DigestAsync(DbConnection connection, DbTransaction transaction, string person, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        (string, object?)[] of = [("@id", person)];
        var cells = await connection.ListAsync(
            "SELECT key, sealed FROM person WHERE id = @id", row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), of, stop, transaction);
        foreach (var (key, details) in cells)
        {
            hash.AppendData(key);
            hash.AppendData(details);
        }

        var templates = await connection.ListAsync(
            "SELECT sealed FROM template WHERE person = @id ORDER BY id", row => row.GetFieldValue<byte[]>(0), of, stop, transaction);
        foreach (var cell in templates) hash.AppendData(cell);
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), templates.Count);
    }
}

/// <summary>The hub says under its signature that it has erased somebody.</summary>
/// <param name="Person">His random id.</param>
/// <param name="ErasedAt">When.</param>
/// <param name="Templates">How many.</param>
/// <param name="Sha256">Over the sealed cells, hex.</param>
sealed record HubErasure(string Person, DateTimeOffset ErasedAt, int Templates, string Sha256)
{
    public const string Type = "edgeface-hub-erasure";

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, HubErasureJson.Default.HubErasure);

    /// <summary>Null when it is none, or was signed by a key that is not trusted (any more).</summary>
    public static HubErasure? Open(ReadOnlySpan<byte> text, TrustedKeys keys) =>
        SignedText.TryOpen(text, Type, keys.For(KeyRole.Enrollment), out var payload, out _)
            ? JsonSerializer.Deserialize(payload, HubErasureJson.Default.HubErasure) : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HubErasure))]
sealed partial class HubErasureJson : JsonSerializerContext;

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
sealed record Erasure(
    string Person, DateTimeOffset AskedAt, string By, string Why, long Templates, string Digest, string Gallery, long? Version, string? Signature)
{
    public static Erasure Read(DbDataReader row) => new(
        row.GetString(0), row.Time(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5), row.GetString(6), row.Long(7), row.Text(8));
}

/// <summary>How one device stands to an erasure.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Version">Of the gallery in force there.</param>
/// <param name="ReceivedAt">When its signed receipt came; null: it has not.</param>
/// <param name="Statement">What it signed.</param>
/// <param name="IsPast">It has a version in force in which he is not.</param>
sealed record ErasureAtDevice(string Device, long Version, DateTimeOffset? ReceivedAt, ErasureStatement? Statement, bool IsPast);

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
        await connection.ExecuteAsync("DELETE FROM person WHERE id = @id", of, stop, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO erasure (person, asked, by, why, templates, digest, gallery, signature) VALUES (@id, @now, @by, @why, @templates, @digest, @gallery, @signature) "
            + "ON CONFLICT (person) DO NOTHING",
            [
                .. of, ("@now", Moment.Of(now)), ("@by", by), ("@why", why), ("@templates", (long)templates), ("@digest", digest), ("@gallery", gallery),
                ("@signature", statement),
            ], stop, transaction);
        await PersonStore.TouchAsync(connection, transaction, gallery, stop);
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
    public async Task<IReadOnlyList<Erasure>> ListAsync(int count, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync($"{Select} ORDER BY asked DESC LIMIT @count", Erasure.Read, [("@count", (long)count)], stop);
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
    /// Every device of his gallery. One that never had him has nothing to receipt: that it has a version without him in force says
    /// the same.
    /// </summary>
    public async Task<IReadOnlyList<ErasureAtDevice>> DevicesAsync(Erasure erasure, CancellationToken stop)
    {
        await using var connection = await _database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT device.name, device.version, erasure_receipt.at, erasure_receipt.receipt, device.spki FROM device LEFT JOIN erasure_receipt "
            + "ON erasure_receipt.device = device.name AND erasure_receipt.person = @id "
            + "WHERE device.revoked IS NULL AND (device.gallery = @gallery OR erasure_receipt.at IS NOT NULL) ORDER BY device.name",
            row => new ErasureAtDevice(
                row.GetString(0), row.GetInt64(1), row.TimeOrNull(2),
                row.Text(3) is { } text ? ErasureStatement.Open(Encoding.ASCII.GetBytes(text), row.GetString(0), new VerifyingKey(row.GetFieldValue<byte[]>(4))) : null,
                erasure.Version is { } version && row.GetInt64(1) >= version),
            [("@id", erasure.Person), ("@gallery", erasure.Gallery)], stop);
    }

    /// <summary>A device's event of an erasure; kept when the statement in it is signed by the device's own key.</summary>
    public async Task HearAsync(DbConnection connection, DbTransaction transaction, OutboxEvent what, CancellationToken stop)
    {
        if (ErasureStatement.Joined(what.More) is not { } text) return;

        var key = await connection.FirstAsync(
            "SELECT spki FROM device WHERE name = @device AND revoked IS NULL", row => row.GetFieldValue<byte[]>(0), [("@device", what.Device)], stop, transaction);
        if (key is null || ErasureStatement.Open(Encoding.ASCII.GetBytes(text), what.Device, new VerifyingKey(key)) is not { } statement) return;

        await connection.ExecuteAsync(
            "INSERT INTO erasure_receipt (person, device, at, receipt) VALUES (@person, @device, @now, @receipt) ON CONFLICT (person, device) DO UPDATE SET "
            + "at = excluded.at, receipt = excluded.receipt",
            [("@person", statement.Subject), ("@device", what.Device), ("@now", _time.Now()), ("@receipt", text)], stop, transaction);
    }

    const string Select = "SELECT person, asked, by, why, templates, digest, gallery, version, signature FROM erasure";

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

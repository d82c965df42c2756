using System.Collections.Frozen;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Operators;
using EdgeFace.Hub.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Fleet;

/// <summary>A device that is awaited.</summary>
sealed record AwaitedDevice(string Device, DateTimeOffset Created, string By, DateTimeOffset Expires);

/// <summary>Makes devices known: an operator gets a code, the device shows it once, and gets what it needs to speak with the hub.</summary>
sealed class Provisioning(IDatabase database, DeviceStore devices, HubBroker broker, HubAuthority authority, HubKeys keys, TimeProvider time)
{
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(24);

    /// <summary>100 bits, in letters that nobody mistakes for each other.</summary>
    const int CodeLetters = 20;

    const int NameLettersMax = 63;

    /// <summary>The hub at the broker, and a page beside those of devices.</summary>
    static readonly FrozenSet<string> Taken = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, HubBroker.User, "add");

    const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <returns>The code: shown once, kept as a hash only.</returns>
    /// <exception cref="FormatException">It is no name for a device.</exception>
    public async Task<string> InviteAsync(string device, Doer by, CancellationToken stop)
    {
        if (!Topics.IsDevice(device) || device.Length > NameLettersMax || !char.IsAsciiLetterOrDigit(device[0])) // as a device's profile takes it
            throw new FormatException($"A device is named with 1 to {NameLettersMax} letters, digits, dots, dashes and underscores, the first of them a letter or digit.");
        if (Taken.Contains(device)) throw new FormatException($"'{device}' is a name of the hub's own. Take another one.");

        var code = RandomNumberGenerator.GetString(Letters, CodeLetters);
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.ExecuteAsync("DELETE FROM provisioning WHERE device = @device OR expires < @now", [("@device", device), ("@now", time.Now())], stop, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO provisioning (hash, device, created, by, expires) VALUES (@hash, @device, @now, @by, @expires)",
            [("@hash", Hash(code)), ("@device", device), ("@now", time.Now()), ("@by", by.Name), ("@expires", Moment.Of(time.GetUtcNow() + Lasts))], stop, transaction);
        await by.WriteAsync(connection, transaction, "device.invite", device, stop);
        await transaction.CommitAsync(stop);
        return code;
    }

    /// <summary>Its code is good no more. False: there is none that still was.</summary>
    public async Task<bool> CancelAsync(string device, Doer by, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        var cancelled = await connection.ExecuteAsync(
            "DELETE FROM provisioning WHERE device = @device AND used IS NULL AND expires > @now", [("@device", device), ("@now", time.Now())], stop, transaction);
        if (cancelled == 0) return false;

        await by.WriteAsync(connection, transaction, "device.uninvite", device, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    public async Task<IReadOnlyList<AwaitedDevice>> AwaitedAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            "SELECT device, created, by, expires FROM provisioning WHERE used IS NULL AND expires > @now ORDER BY created",
            row => new AwaitedDevice(row.GetString(0), row.Time(1), row.GetString(2), row.Time(3)), [("@now", time.Now())], stop);
    }

    /// <summary>Null: the code is not good, or not any more, or for another device.</summary>
    /// <exception cref="FormatException">Another computer has reported events under that name; the code stays good.</exception>
    /// <exception cref="CryptographicException">The request for a certificate is none.</exception>
    public async Task<ProvisioningAnswer?> RedeemAsync(ProvisioningRequest request, string gallery, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            var used = await connection.ExecuteAsync(
                "UPDATE provisioning SET used = @now WHERE hash = @hash AND device = @device AND used IS NULL AND expires > @now",
                [("@now", time.Now()), ("@hash", Hash(request.Code)), ("@device", request.Device)], stop, transaction);
            if (used == 0) return null;

            if (await devices.FindAsync(request.Device, stop) is { } known && !known.VerifyingKey.Spki.AsSpan().SequenceEqual(request.Key)
                && await connection.NumberAsync("SELECT count(*) FROM (SELECT 1 FROM event WHERE device = @device LIMIT 1) AS any_event", [("@device", request.Device)], stop, transaction) > 0)
            {
                // Its own events would begin with numbers that are taken, and be lost among them.
                throw new FormatException(
                    $"Another computer has reported events as {request.Device}. Give this one a name of its own, or restore the old one's data folder to it.");
            }

            await devices.RegisterAsync(connection, transaction, request.Device, request.Key, gallery, stop);
            await RevokeCertificatesAsync(connection, transaction, request.Device, stop); // those before: it gets a new one
            await transaction.CommitAsync(stop);
        }

        var certificate = request.CertificateRequest is { } asked ? await CertifyAsync(connection, request.Device, asked, stop) : null;
        var way = broker.Devices;
        return new ProvisioningAnswer(
            request.Device, way.Host, way.Port, way.Tls, JsonElement.Parse(keys.Trust.ToJson()), gallery, broker.Admit(request.Device),
            way.CaFile is { } file ? await File.ReadAllTextAsync(file, stop) : null, certificate);
    }

    /// <summary>
    /// Nothing of the device is believed any more, nothing is sealed to it, and it may come to the broker no more. Done twice it is done
    /// once. False: there is no such device.
    /// </summary>
    public async Task<bool> RevokeAsync(string device, Doer by, CancellationToken stop)
    {
        await using (var connection = await database.OpenAsync(stop))
        await using (var transaction = await connection.BeginTransactionAsync(stop))
        {
            if (!await devices.RevokeAsync(connection, transaction, device, stop)) return false;

            await RevokeCertificatesAsync(connection, transaction, device, stop);
            await by.WriteAsync(connection, transaction, "device.revoke", device, stop);
            await transaction.CommitAsync(stop);
        }

        broker.Remove(device);
        WriteRevoked(await RevokedSerialsAsync(CancellationToken.None)); // it is revoked now, whoever waits for it
        return true;
    }

    /// <summary>Of certificates that are good no more.</summary>
    public async Task<IReadOnlyList<string>> RevokedSerialsAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("SELECT serial FROM certificate WHERE revoked IS NOT NULL", row => row.GetString(0), [], stop);
    }

    /// <summary>Writes the list for the broker into this instance's folder.</summary>
    public void WriteRevoked(IEnumerable<string> serials) => authority.Revoked(serials, time.Now());

    Task<int> RevokeCertificatesAsync(DbConnection connection, DbTransaction transaction, string device, CancellationToken stop) => connection.ExecuteAsync(
        "UPDATE certificate SET revoked = @now WHERE device = @device AND revoked IS NULL", [("@now", time.Now()), ("@device", device)], stop, transaction);

    async Task<string> CertifyAsync(DbConnection connection, string device, byte[] request, CancellationToken stop)
    {
        var (pem, serial) = authority.Device(device, request);
        await connection.ExecuteAsync(
            "INSERT INTO certificate (serial, device, issued) VALUES (@serial, @device, @now)", [("@serial", serial), ("@device", device), ("@now", time.Now())], stop);
        return pem;
    }

    /// <summary>People read it out and type it: blanks, dashes and capitals mean nothing.</summary>
    static byte[] Hash(string code) => SHA256.HashData(Encoding.ASCII.GetBytes(
        string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant()));
}

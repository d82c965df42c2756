using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Hub.Simulation;

/// <summary>What a simulated device keeps from one run to the next.</summary>
/// <param name="Name">As in topics.</param>
/// <param name="Key">Signs its identity; PKCS #8.</param>
/// <param name="SealingKey">Pushes are sealed to it; PKCS #8.</param>
/// <param name="Boot">Of its last run.</param>
/// <param name="Seq">Of its last event.</param>
sealed record FleetDevice(string Name, byte[] Key, byte[] SealingKey, long Boot = 0, long Seq = 0)
{
    public static FleetDevice Make(string name)
    {
        using var key = SigningKey.Create();
        using var sealing = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return new FleetDevice(name, key.ToPkcs8(), sealing.ExportPkcs8PrivateKey());
    }
}

/// <summary>The devices of a simulation, in a file of their own: a run goes on where the last one ended.</summary>
sealed class SimulatedFleet(string file)
{
    public IReadOnlyList<FleetDevice> Read() => JsonSerializer.Deserialize(File.ReadAllBytes(file), FleetJson.Default.FleetDeviceArray)
        ?? throw new FormatException($"{file} holds no devices: make some with simulate register.");

    public void Write(IEnumerable<FleetDevice> devices) =>
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes([.. devices], FleetJson.Default.FleetDeviceArray));

    /// <summary>Makes devices, and makes the hub know them.</summary>
    public async Task RegisterAsync(IDatabase database, string prefix, int count, string gallery, TimeProvider time, CancellationToken stop)
    {
        FleetDevice[] devices = [.. Enumerable.Range(1, count).AsParallel().AsOrdered().Select(number => FleetDevice.Make($"{prefix}-{number:D5}"))];
        await using var connection = await database.OpenAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await connection.WriteAsync(
            "INSERT INTO device (name, spki, registered, gallery)",
            "ON CONFLICT (name) DO UPDATE SET spki = excluded.spki, registered = excluded.registered, revoked = NULL, sealing = NULL, "
            + "gallery = excluded.gallery, version = 0, content = NULL",
            [.. devices.Select(device => (object?[])[device.Name, PublicOf(device), time.Now(), gallery])], stop, transaction);
        await transaction.CommitAsync(stop);
        Write(devices);
    }

    static byte[] PublicOf(FleetDevice device)
    {
        using var key = SigningKey.FromPkcs8(device.Key);
        return key.Public.Spki;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FleetDevice[]))]
sealed partial class FleetJson : JsonSerializerContext;

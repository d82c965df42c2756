using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Doors;

namespace EdgeFace.Hosting;

/// <summary>
/// Lockdowns, releases and doors that are held locked, as the journal remembers them: a breaker that trips, or a watchdog, ends
/// no lockdown.
/// </summary>
static class StandingOrders
{
    public static byte[] Save(IEnumerable<Door> doors) => JsonSerializer.SerializeToUtf8Bytes(
        doors.Where(door => !door.Standing.IsNothing).ToDictionary(door => door.Name, door => door.Standing),
        StandingJson.Default.DictionaryStringDoorStanding);

    /// <param name="kept">What <see cref="Save"/> gave; null: nothing was ever ordered.</param>
    /// <param name="doors">A door that is there no more has no orders.</param>
    public static void Restore(byte[]? kept, IEnumerable<Door> doors)
    {
        if (kept is null || JsonSerializer.Deserialize(kept, StandingJson.Default.DictionaryStringDoorStanding) is not { } standing) return;

        foreach (var door in doors)
            if (standing.TryGetValue(door.Name, out var orders)) door.Restore(orders);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Dictionary<string, DoorStanding>))]
sealed partial class StandingJson : JsonSerializerContext;

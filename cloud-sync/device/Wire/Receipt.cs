using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>Events of one boot whose numbers follow each other, both ends included.</summary>
readonly record struct SeqRange(long Boot, long From, long To)
{
    public bool Holds(EventKey key) => key.Boot == Boot && key.Seq >= From && key.Seq <= To;

    /// <summary>The fewest ranges that hold these events and no other.</summary>
    public static SeqRange[] Of(IEnumerable<EventKey> keys)
    {
        List<SeqRange> ranges = [];
        foreach (var key in keys.Distinct().OrderBy(key => key.Boot).ThenBy(key => key.Seq))
        {
            if (ranges.Count > 0 && ranges[^1] is var last && last.Boot == key.Boot && last.To == key.Seq - 1) ranges[^1] = last with { To = key.Seq };
            else ranges.Add(new SeqRange(key.Boot, key.Seq, key.Seq));
        }

        return [.. ranges];
    }
}

/// <summary>The consumer holds these events for good. Signed as <see cref="Type"/> by a key with the role receipt.</summary>
/// <param name="Device">Whose events.</param>
/// <param name="Ranges">1 to <see cref="RangesMax"/>.</param>
/// <param name="At">By the consumer's clock; nothing rests on it.</param>
sealed record Receipt(string Device, SeqRange[] Ranges, DateTimeOffset At)
{
    public const string Type = "edgeface-receipt";

    /// <summary>One for each event of a batch, at worst.</summary>
    public const int RangesMax = EventBatch.EventsMax;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReceiptJson.Default.Receipt);

    /// <summary>Null where it is none, or a number in it is none that a device gives.</summary>
    public static Receipt? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, ReceiptJson.Default.Receipt) is { Ranges.Length: > 0 and <= RangesMax } receipt
            && receipt.Ranges.All(range => range.Boot is >= 1 and <= WireLimits.VersionMax
                && range.From >= 1 && range.From <= range.To && range.To <= WireLimits.VersionMax) ? receipt : null;
}

/// <summary>Numbers that a consumer misses; a null boot is any: it does not know in which one they were given.</summary>
readonly record struct MissedRange(long? Boot, long From, long To);

/// <summary>The consumer misses these events. Signed as <see cref="Type"/> by a key with the role receipt.</summary>
/// <param name="Device">Whose events.</param>
/// <param name="Ranges">1 to <see cref="RangesMax"/>.</param>
sealed record ResendRequest(string Device, MissedRange[] Ranges)
{
    public const string Type = "edgeface-resend";
    public const int RangesMax = 64;

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ReceiptJson.Default.ResendRequest);

    /// <summary>Null where it is none, or a number in it is none that a device gives.</summary>
    public static ResendRequest? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, ReceiptJson.Default.ResendRequest) is { Ranges.Length: > 0 and <= RangesMax } request
            && request.Ranges.All(range => range.Boot is null or (>= 1 and <= WireLimits.VersionMax)
                && range.From >= 1 && range.From <= range.To && range.To <= WireLimits.VersionMax) ? request : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(ResendRequest))]
sealed partial class ReceiptJson : JsonSerializerContext;

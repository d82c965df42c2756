using System.Text.Json.Serialization;

namespace EdgeFace.Benchmarks;

/// <summary>What <c>tamper</c> prints.</summary>
/// <param name="Seed">Of all that was done; each tampering is found again by its number.</param>
sealed record TamperReport(int Seed)
{
    public int Untouched { get; set; }

    public int UntouchedIntact { get; set; }

    public int Rows { get; set; }

    /// <summary>Where the first bad event is known to the number.</summary>
    public int RowsExact { get; set; }

    public int RowsFound { get; set; }

    public int Bytes { get; set; }

    public int BytesBroken { get; set; }

    public int BytesUnreadable { get; set; }

    /// <summary>Nothing that the journal says was changed by it.</summary>
    public int BytesWithoutEffect { get; set; }

    public int Missed { get; set; }

    public SortedDictionary<string, int> Kinds { get; } = new(StringComparer.Ordinal);

    public List<string> Misses { get; } = [];

    public double Seconds { get; set; }

    [JsonIgnore]
    public bool IsClean => Missed == 0 && Untouched == UntouchedIntact;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(TamperReport))]
sealed partial class TamperJson : JsonSerializerContext;

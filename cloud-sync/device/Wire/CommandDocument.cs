using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// Something that a device is to do at once, or never. It is signed (type <see cref="Type"/>, role
/// <see cref="KeyRole.Command"/>), for one device, ends soon, and is done at most once.
/// </summary>
/// <param name="Id">32 hex digits, random; the same id is the same command.</param>
/// <param name="Device">Whom it is for.</param>
/// <param name="Command">"unlock", "lock", "lockdown", "release", "reset", "lockout", "challenge", "reload" or "log".</param>
/// <param name="Issued">UTC.</param>
/// <param name="Expires">UTC, at most <see cref="LastsMax"/> later; from then on it is not done.</param>
/// <param name="Door">Which; where it may be left out, all.</param>
/// <param name="Seconds">For how long.</param>
/// <param name="Off">Ends what the command began.</param>
/// <param name="Steps">Movements of a challenge.</param>
sealed record CommandDocument(
    string Id,
    string Device,
    string Command,
    DateTimeOffset Issued,
    DateTimeOffset Expires,
    string? Door = null,
    double? Seconds = null,
    bool? Off = null,
    int? Steps = null)
{
    public const string Type = "edgeface-command";

    /// <summary>An id that was done need be remembered no longer than this.</summary>
    public static readonly TimeSpan LastsMax = TimeSpan.FromMinutes(5);

    /// <summary>How far two clocks that are trusted may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    const int WordMax = 64;

    public static CommandDocument Of(string device, string command, DateTimeOffset now, TimeSpan lasts) =>
        new(Guid.NewGuid().ToString("N"), device, command, now, now + lasts);

    public string SignedBy(SigningKey key) =>
        SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(this, CommandJson.Default.CommandDocument), key);

    /// <summary>Null when it is no such document.</summary>
    public static CommandDocument? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, CommandJson.Default.CommandDocument) is { } read && read.IsWellFormed ? read : null;

    bool IsWellFormed => Guid.TryParseExact(Id, "N", out _) && Command.Length <= WordMax && !(Door?.Length > WordMax);
}

/// <summary>What became of a command.</summary>
/// <param name="Id">Of the command.</param>
/// <param name="Result">"done", "refused" or "failed".</param>
/// <param name="Code">For machines, as "expired"; "" where it was done.</param>
/// <param name="Message">For people.</param>
/// <param name="At">UTC.</param>
/// <param name="More">What it brought, as the log; null for nothing.</param>
sealed record CommandAnswer(
    string Id, string Result, string Code, string Message, DateTimeOffset At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? More = null)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, CommandJson.Default.CommandAnswer);

    /// <summary>Null when it is none.</summary>
    public static CommandAnswer? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, CommandJson.Default.CommandAnswer);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CommandDocument))]
[JsonSerializable(typeof(CommandAnswer))]
sealed partial class CommandJson : JsonSerializerContext;

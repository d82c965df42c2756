using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>
/// Somebody who was enrolled at a door: his record, sealed to the hub, under the device's signature. The hub answers with a push
/// that has the same person in it; until then the device says it again, so the hub must not mind hearing it twice.
/// </summary>
/// <param name="Device">Who says it.</param>
/// <param name="Id">Of this very record of this person: 32 hex digits, the same each time it is sent.</param>
/// <param name="Subject">Whom, 32 hex digits.</param>
/// <param name="Box">A record (<see cref="PersonRecord"/>), sealed to the hub's sealing key.</param>
/// <param name="At">When it was sealed.</param>
sealed record EnrollmentUpload(string Device, string Id, string Subject, byte[] Box, DateTimeOffset At)
{
    public const string Type = "edgeface-enrollment";

    /// <summary>Sealed, and twice in base64, it still fits a message.</summary>
    public const int RecordBytesMax = 36_000;

    public static ReadOnlySpan<byte> Purpose => "edgeface enrollment 1"u8;

    public static byte[] Bound(string device, string id, string subject) => Encoding.ASCII.GetBytes($"{device}|{id}|{subject}");

    /// <exception cref="FormatException">The record is larger than fits a message.</exception>
    public static string Sign(PersonRecord record, string device, byte[] hub, SigningKey key, DateTimeOffset now)
    {
        if (record.Bytes > RecordBytesMax)
            throw new FormatException($"An enrolment of {record.Bytes} bytes does not fit a message; {RecordBytesMax} do. Keep fewer templates.");

        var id = Convert.ToHexStringLower(record.Digest.AsSpan(0, 16));
        var plain = record.ToBytes();
        var box = SealedBox.Seal(plain, hub, Purpose, Bound(device, id, record.Person.Id));
        CryptographicOperations.ZeroMemory(plain);
        var payload = new EnrollmentUpload(device, id, record.Person.Id, box, now);
        return SignedText.Sign(Type, JsonSerializer.SerializeToUtf8Bytes(payload, UploadJson.Default.EnrollmentUpload), key);
    }

    /// <summary>Null when it is none.</summary>
    public static EnrollmentUpload? Parse(ReadOnlySpan<byte> json) =>
        WireJson.Read(json, UploadJson.Default.EnrollmentUpload) is { } upload && Topics.IsDevice(upload.Device)
            && PushedPerson.IsId(upload.Id) && PushedPerson.IsId(upload.Subject) ? upload : null;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EnrollmentUpload))]
sealed partial class UploadJson : JsonSerializerContext;

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Wire;

namespace EdgeFace.Consumer;

/// <summary>Somebody who was enrolled at a door, as the hub reads him.</summary>
/// <param name="Device">Which door's.</param>
/// <param name="Id">The same each time it is sent: twice is once.</param>
/// <param name="Record">Who, with what; to be looked over as any enrolment.</param>
/// <param name="At">When it was sealed, by the device's clock.</param>
sealed record OpenedEnrollment(string Device, string Id, PersonRecord Record, DateTimeOffset At);

/// <summary>Opens what doors upload: the signature of a device that is registered, then the hub's own seal.</summary>
/// <param name="keyOf">The key of a registered device by its name; null: there is none.</param>
/// <param name="sealingKey">Whose public half stands in the set of trusted keys.</param>
sealed class EnrollmentOpening(Func<string, VerifyingKey?> keyOf, ECDiffieHellman sealingKey)
{
    /// <summary>False with a code, as "unknown-device", "bad-signature", "wrong-device", "not-sealed-to-me", "bad-content".</summary>
    /// <param name="device">Of the topic it came on.</param>
    /// <param name="text">The message.</param>
    /// <param name="opened">Null on false.</param>
    /// <param name="refusal">Null on true.</param>
    public bool TryOpen(string device, ReadOnlySpan<byte> text, out OpenedEnrollment? opened, out string? refusal)
    {
        (opened, refusal) = Open(device, text);
        return opened is not null;
    }

    (OpenedEnrollment?, string?) Open(string device, ReadOnlySpan<byte> text)
    {
        if (keyOf(device) is not { } key) return (null, "unknown-device");
        if (!SignedText.TryOpen(text, EnrollmentUpload.Type, id => id == key.Id ? key : null, out var payload, out var fault)) return (null, fault);
        if (EnrollmentUpload.Parse(payload) is not { } upload) return (null, "malformed");
        if (upload.Device != device) return (null, "wrong-device");

        var plain = SealedBox.Open(
            upload.Box, sealingKey, EnrollmentUpload.Purpose, EnrollmentUpload.Bound(upload.Device, upload.Id, upload.Subject));
        if (plain is null) return (null, "not-sealed-to-me");

        try
        {
            ReadOnlyMemory<byte> content = plain;
            var (record, _) = PersonRecord.Read(ref content);
            return record is not null && content.IsEmpty && record.Person.Id == upload.Subject && AreUnitVectors(record)
                && Convert.ToHexStringLower(record.Digest.AsSpan(0, 16)) == upload.Id
                ? (new OpenedEnrollment(upload.Device, upload.Id, record, upload.At), null)
                : (null, "bad-content");
        }
        catch (FormatException)
        {
            return (null, "bad-content");
        }
    }

    /// <summary>What is no face would make every later push one that devices refuse.</summary>
    static bool AreUnitVectors(PersonRecord record) => Enumerable.Range(0, record.Person.Templates.Length).All(template =>
    {
        double squares = 0;
        foreach (var value in MemoryMarshal.Cast<byte, float>(record.ValuesOf(template))) squares += (double)value * value;
        return squares is > 0.98 and < 1.02; // a NaN is neither
    });
}

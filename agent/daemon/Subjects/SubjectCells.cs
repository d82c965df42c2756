using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Inference;
using EdgeFace.Keeping;
using EdgeFace.Matching;
using EdgeFace.Recognition;
using EdgeFace.Storage;

namespace EdgeFace.Subjects;

/// <summary>What stands inside a subject's sealed profile: everything that is known of him but the random id.</summary>
sealed record Profile(
    string Name,
    string[] Groups,
    DateTimeOffset EnrolledAt,
    DateTimeOffset? ConsentAt,
    string? ConsentText,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidUntil,
    CardHash[]? Cards = null,
    PinHash? Pin = null,
    bool ExtendedTime = false)
{
    public static Profile Of(Subject subject) => new(
        subject.Name, [.. subject.Groups], subject.EnrolledAt, subject.Consent?.At, subject.Consent?.TextVersion,
        subject.ValidFrom, subject.ValidUntil, subject.Cards is { Count: > 0 } cards ? [.. cards] : null, subject.Pin,
        subject.ExtendedTime);

    public Subject For(SubjectId id) =>
        new(id, Name, Groups, EnrolledAt, Given, ValidFrom, ValidUntil, Cards, Pin, ExtendedTime);

    /// <summary>A time without a text, or a text without a time, is no record of anything.</summary>
    Consent? Given => ConsentAt is { } at && ConsentText is { } text ? new Consent(at, text) : null;
}

/// <summary>
/// Seals and opens the cells of one subject under a key that is his alone. The key itself is sealed under the data
/// key and lies in the same file; it is erased with the subject, so that the files of this device hold nothing of him
/// afterwards. A copy of the database made before has the sealed key, too: it stays as safe as gallery.key.
/// </summary>
sealed class SubjectCells : IDisposable
{
    // Quality, capture time in UTC ticks; then the values, fp32 LE.
    const int TemplateHead = sizeof(float) + sizeof(long);

    readonly CellCipher _cipher;

    SubjectCells(SubjectId id, ReadOnlySpan<byte> key, byte[] sealedKey)
    {
        (Id, SealedKey, _cipher) = (id, sealedKey, new CellCipher(key));
    }

    public SubjectId Id { get; }

    public byte[] SealedKey { get; }

    public static CellPlace KeyPlace(SubjectId id) => new("subject.sealed_key", id.Value);

    public static CellPlace ProfilePlace(SubjectId id) => new("subject.sealed_profile", id.Value);

    public static CellPlace TemplatePlace(SubjectId id, TemplateId template, ModelId model) =>
        new("template.sealed", id.Value, template.Value, model.Value);

    /// <summary>A fresh random key for a new subject.</summary>
    public static SubjectCells Create(SubjectId id, SealingKey sealingKey)
    {
        Span<byte> key = stackalloc byte[CellCipher.KeyBytes];
        RandomNumberGenerator.Fill(key);
        var cells = new SubjectCells(id, key, sealingKey.Cipher.Seal(key, KeyPlace(id)));
        CryptographicOperations.ZeroMemory(key);
        return cells;
    }

    /// <summary>Null when the sealed key is not the one that was written for this subject.</summary>
    public static SubjectCells? Open(SubjectId id, byte[] sealedKey, SealingKey sealingKey)
    {
        Span<byte> key = stackalloc byte[CellCipher.KeyBytes];
        if (!sealingKey.Cipher.TryOpen(sealedKey, KeyPlace(id), key)) return null;

        var cells = new SubjectCells(id, key, sealedKey);
        CryptographicOperations.ZeroMemory(key);
        return cells;
    }

    public byte[] Seal(Subject subject)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(Profile.Of(subject), ProfileJson.Default.Profile);
        var cell = _cipher.Seal(plain, ProfilePlace(Id));
        CryptographicOperations.ZeroMemory(plain);
        return cell;
    }

    public Subject? OpenProfile(ReadOnlySpan<byte> cell)
    {
        var plain = new byte[Math.Max(0, cell.Length - CellCipher.Overhead)];
        if (!_cipher.TryOpen(cell, ProfilePlace(Id), plain)) return null;

        var profile = JsonSerializer.Deserialize(plain, ProfileJson.Default.Profile);
        CryptographicOperations.ZeroMemory(plain);
        return profile?.For(Id);
    }

    public byte[] Seal(StoredTemplate template)
    {
        var values = MemoryMarshal.AsBytes(template.Embedding.Values);
        var plain = new byte[TemplateHead + values.Length];
        BinaryPrimitives.WriteSingleLittleEndian(plain, template.Quality);
        BinaryPrimitives.WriteInt64LittleEndian(plain.AsSpan(sizeof(float)), template.CapturedAt.UtcTicks);
        values.CopyTo(plain.AsSpan(TemplateHead));
        var cell = _cipher.Seal(plain, TemplatePlace(Id, template.Id, template.Model));
        CryptographicOperations.ZeroMemory(plain);
        return cell;
    }

    public StoredTemplate? OpenTemplate(ReadOnlySpan<byte> cell, TemplateId id, ModelId model)
    {
        var plain = new byte[Math.Max(0, cell.Length - CellCipher.Overhead)];
        if (!_cipher.TryOpen(cell, TemplatePlace(Id, id, model), plain)) return null;

        var template = new StoredTemplate(
            id, Id, BinaryPrimitives.ReadSingleLittleEndian(plain),
            new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(plain.AsSpan(sizeof(float))), TimeSpan.Zero),
            new Embedding(model, MemoryMarshal.Cast<byte, float>(plain.AsSpan(TemplateHead))));
        CryptographicOperations.ZeroMemory(plain);
        return template;
    }

    public void Dispose() => _cipher.Dispose();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Profile))]
sealed partial class ProfileJson : JsonSerializerContext;

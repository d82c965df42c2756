using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeFace.Wire;

/// <summary>What a key may sign. A key may have several roles; the broker and the transport's certificates have none.</summary>
public enum KeyRole
{
    /// <summary>The next set of trusted keys.</summary>
    Root,

    /// <summary>Gallery pushes and heads: who is let in.</summary>
    Enrollment,

    /// <summary>Commands.</summary>
    Command,

    /// <summary>Settings.</summary>
    Settings,

    /// <summary>Receipts for events.</summary>
    Receipt,
}

/// <summary>
/// Which keys may sign what, with a version. The first set lies on the device as a file that its installer put there; each
/// later one is signed by a root key of the set before it and by one of its own (as the root role of TUF, 5.3).
/// </summary>
sealed class TrustedKeys
{
    public const string Type = "edgeface-trust";
    public const int KeysMax = 64;

    readonly FrozenDictionary<string, (VerifyingKey Key, FrozenSet<KeyRole> Roles)> _keys;

    TrustedKeys(TrustDocument document)
    {
        if (document.Version is < 1 or > WireLimits.VersionMax)
            throw new FormatException($"A trust version is 1 to {WireLimits.VersionMax}, not {document.Version}.");
        if (document.Keys.Length is 0 or > KeysMax) throw new FormatException($"1 to {KeysMax} keys are trusted, not {document.Keys.Length}.");

        Document = document;
        // A key that is null comes out of JSON as one without bytes.
        SealingKey = document.SealingKey is { Length: > 0 } sealing ? new VerifyingKey(sealing).Spki : null;
        _keys = document.Keys
            .Select(each => (Key: new VerifyingKey(each.Key), each.Roles))
            .ToFrozenDictionary(each => each.Key.Id, each => (each.Key, each.Roles.ToFrozenSet()), StringComparer.Ordinal);
        if (!document.Keys.Any(each => each.Roles.Contains(KeyRole.Root))) throw new FormatException("No key has the role root: no later set could ever be signed.");
    }

    public TrustDocument Document { get; }

    public long Version => Document.Version;

    /// <summary>The hub's: what enrolments are sealed to, as SubjectPublicKeyInfo on P-256; null where none is sent.</summary>
    public byte[]? SealingKey { get; }

    /// <summary>Null when there is no such key, or it has not that role.</summary>
    public VerifyingKey? Find(string id, KeyRole role) =>
        _keys.TryGetValue(id, out var known) && known.Roles.Contains(role) ? known.Key : null;

    /// <summary>A look-up for <see cref="SignedText.TryOpen"/>.</summary>
    public Func<string, VerifyingKey?> For(KeyRole role) => id => Find(id, role);

    /// <exception cref="FormatException">It is no such document; what is wrong with it stands in the message.</exception>
    public static TrustedKeys Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return new TrustedKeys(
                JsonSerializer.Deserialize(json, TrustJson.Default.TrustDocument) ?? throw new FormatException("There is nothing in it."));
        }
        catch (Exception e) when (e is JsonException or CryptographicException or ArgumentException)
        {
            throw new FormatException($"It is no set of trusted keys: {e.Message}", e);
        }
    }

    public static TrustedKeys Of(TrustDocument document) => new(document);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(Document, TrustJson.Default.TrustDocument);

    /// <summary>The next set: two signed texts with a space between them, of a root key of this set and one of the next.</summary>
    public bool TryAdvance(ReadOnlySpan<byte> text, out TrustedKeys next, out string? refusal)
    {
        next = this;
        var middle = text.IndexOf((byte)' ');
        if (middle < 0)
        {
            refusal = "malformed";
            return false;
        }

        if (!SignedText.TryOpen(text[..middle], Type, For(KeyRole.Root), out var payload, out refusal)) return false;

        TrustedKeys named;
        try
        {
            named = Parse(payload);
        }
        catch (FormatException)
        {
            refusal = "malformed";
            return false;
        }

        if (!SignedText.TryOpen(text[(middle + 1)..], Type, named.For(KeyRole.Root), out var again, out refusal)) return false;

        refusal = !payload.AsSpan().SequenceEqual(again) ? "not-the-same" : named.Version != Version + 1 ? "wrong-version" : null;
        if (refusal is null) next = named;
        return refusal is null;
    }

    /// <summary>What <see cref="TryAdvance"/> takes.</summary>
    public string SignedBy(SigningKey before, SigningKey own) =>
        $"{SignedText.Sign(Type, ToJson(), before)} {SignedText.Sign(Type, ToJson(), own)}";
}

/// <param name="Version">From 1, one more each time.</param>
/// <param name="Keys">At most <see cref="TrustedKeys.KeysMax"/>.</param>
/// <param name="SealingKey">See <see cref="TrustedKeys.SealingKey"/>.</param>
sealed record TrustDocument(long Version, TrustedKey[] Keys, byte[]? SealingKey = null);

/// <param name="Key">SubjectPublicKeyInfo, DER, in base64.</param>
/// <param name="Roles">What it may sign.</param>
sealed record TrustedKey(byte[] Key, KeyRole[] Roles);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TrustDocument))]
sealed partial class TrustJson : JsonSerializerContext;

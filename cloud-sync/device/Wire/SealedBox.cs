using System.Buffers.Binary;
using System.Security.Cryptography;

namespace EdgeFace.Wire;

/// <summary>
/// Seals bytes to the holder of a private key: HPKE (RFC 9180) in base mode, one message to a box, with DHKEM(P-256,
/// HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. A box is the 65 bytes of the ephemeral key, the ciphertext, and a tag of 16.
/// It says nothing of who sealed it: what must be known of that is signed.
/// </summary>
static class SealedBox
{
    public const int Overhead = EncapsulatedBytes + TagBytes;
    const int EncapsulatedBytes = 65, TagBytes = 16, KeyBytes = 32, NonceBytes = 12, SecretBytes = 32;

    static readonly byte[] Kem = [.. "KEM"u8, 0x00, 0x10];
    static readonly byte[] Suite = [.. "HPKE"u8, 0x00, 0x10, 0x00, 0x01, 0x00, 0x02];

    /// <summary>Whether something can be sealed to it: a SubjectPublicKeyInfo on P-256 and nothing behind it.</summary>
    public static bool CanSealTo(byte[] recipient)
    {
        try
        {
            using var to = ECDiffieHellman.Create();
            to.ImportSubjectPublicKeyInfo(recipient, out var read);
            return read == recipient.Length && to.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <param name="plain">What is sealed.</param>
    /// <param name="recipient">SubjectPublicKeyInfo on P-256.</param>
    /// <param name="purpose">What it is for: another one does not open it (HPKE's info).</param>
    /// <param name="bound">What it belongs to: with another it does not open (HPKE's aad).</param>
    /// <exception cref="CryptographicException">The recipient's key is none on P-256.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> plain, byte[] recipient, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> bound)
    {
        using var to = ECDiffieHellman.Create();
        to.ImportSubjectPublicKeyInfo(recipient, out _);
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Seal(plain, to, ephemeral, purpose, bound);
    }

    internal static byte[] Seal(
        ReadOnlySpan<byte> plain, ECDiffieHellman recipient, ECDiffieHellman ephemeral, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> bound)
    {
        var box = new byte[plain.Length + Overhead];
        var encapsulated = Point(ephemeral.ExportParameters(false).Q);
        encapsulated.CopyTo(box, 0);
        using var shared = recipient.PublicKey;
        var (key, nonce) = Schedule(Share(ephemeral, shared, encapsulated, Point(recipient.ExportParameters(false).Q)), purpose);
        using var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        cipher.Encrypt(nonce, plain, box.AsSpan(EncapsulatedBytes, plain.Length), box.AsSpan(^TagBytes..), bound);
        return box;
    }

    /// <summary>Null when it was sealed to another key, for another purpose, or a bit of it was changed.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> box, ECDiffieHellman recipient, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> bound)
    {
        if (box.Length < Overhead || box[0] != 4) return null;

        var plain = new byte[box.Length - Overhead];
        try
        {
            var encapsulated = box[..EncapsulatedBytes].ToArray();
            using var ephemeral = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = encapsulated[1..33], Y = encapsulated[33..] },
            });
            using var theirs = ephemeral.PublicKey;
            var (key, nonce) = Schedule(Share(recipient, theirs, encapsulated, Point(recipient.ExportParameters(false).Q)), purpose);
            using var cipher = new AesGcm(key, TagBytes);
            CryptographicOperations.ZeroMemory(key);
            cipher.Decrypt(nonce, box[EncapsulatedBytes..^TagBytes], box[^TagBytes..], plain, bound);
            return plain;
        }
        catch (CryptographicException)
        {
            return null; // a point that is not on the curve, or a tag that is not right
        }
    }

    /// <summary>DHKEM, section 4.1.</summary>
    static byte[] Share(ECDiffieHellman own, ECDiffieHellmanPublicKey other, byte[] encapsulated, byte[] recipient)
    {
        var agreed = own.DeriveRawSecretAgreement(other);
        var pseudorandom = Extract(Kem, [], "eae_prk"u8, agreed);
        CryptographicOperations.ZeroMemory(agreed);
        return Expand(Kem, pseudorandom, "shared_secret"u8, [.. encapsulated, .. recipient], SecretBytes);
    }

    /// <summary>The key schedule of base mode, section 5.1.</summary>
    static (byte[] Key, byte[] Nonce) Schedule(byte[] shared, ReadOnlySpan<byte> purpose)
    {
        byte[] context = [0, .. Extract(Suite, [], "psk_id_hash"u8, []), .. Extract(Suite, [], "info_hash"u8, purpose)];
        var secret = Extract(Suite, shared, "secret"u8, []);
        CryptographicOperations.ZeroMemory(shared);
        return (Expand(Suite, secret, "key"u8, context, KeyBytes), Expand(Suite, secret, "base_nonce"u8, context, NonceBytes));
    }

    static byte[] Extract(ReadOnlySpan<byte> suite, byte[] salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> material) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. label, .. material], salt);

    static byte[] Expand(ReadOnlySpan<byte> suite, byte[] pseudorandom, ReadOnlySpan<byte> label, ReadOnlySpan<byte> purpose, int length)
    {
        Span<byte> size = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)length);
        return HKDF.Expand(
            HashAlgorithmName.SHA256, pseudorandom, length, [.. size, .. "HPKE-v1"u8, .. suite, .. label, .. purpose]);
    }

    static byte[] Point(ECPoint point) => [4, .. point.X ?? [], .. point.Y ?? []];
}

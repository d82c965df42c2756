using System.Security.Cryptography;

namespace EdgeFace.Wire;

/// <summary>A private key that signs: ECDSA on P-256 with SHA-256 (FIPS 186-5), which is ES256 of RFC 7518.</summary>
sealed class SigningKey : IDisposable
{
    readonly ECDsa _pair;

    /// <param name="pair">Owned from now on.</param>
    /// <exception cref="CryptographicException">It is on another curve.</exception>
    public SigningKey(ECDsa pair)
    {
        _pair = pair;
        Public = new VerifyingKey(pair.ExportSubjectPublicKeyInfo());
    }

    public VerifyingKey Public { get; }

    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="CryptographicException">It is no P-256 key in PKCS #8.</exception>
    public static SigningKey FromPkcs8(ReadOnlySpan<byte> secret)
    {
        var pair = ECDsa.Create();
        try
        {
            pair.ImportPkcs8PrivateKey(secret, out _);
            return new SigningKey(pair);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    public byte[] ToPkcs8() => _pair.ExportPkcs8PrivateKey();

    /// <summary>64 bytes: r and s.</summary>
    public byte[] Sign(ReadOnlySpan<byte> content) =>
        _pair.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => _pair.Dispose();
}

/// <summary>The public half. Safe to use from several threads.</summary>
sealed class VerifyingKey
{
    const int SignatureBytes = 64;

    /// <param name="subjectPublicKey">SubjectPublicKeyInfo (RFC 5280), DER.</param>
    /// <exception cref="CryptographicException">It is no such key, or on another curve than P-256.</exception>
    public VerifyingKey(byte[] subjectPublicKey)
    {
        Spki = subjectPublicKey;
        using var key = Import();
        Id = Convert.ToHexStringLower(SHA256.HashData(subjectPublicKey).AsSpan(0, 16));
    }

    /// <summary>32 hex digits: the first 16 bytes of SHA-256 over the SubjectPublicKeyInfo.</summary>
    public string Id { get; }

    /// <summary>SubjectPublicKeyInfo (RFC 5280), DER.</summary>
    public byte[] Spki { get; }

    public bool Verifies(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes) return false;

        using var key = Import();
        return key.VerifyData(content, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public override string ToString() => Id;

    ECDsa Import()
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(Spki, out var read);
            if (read != Spki.Length || key.KeySize != 256) throw new CryptographicException("It is no key on the curve P-256, or there is more behind it.");
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}

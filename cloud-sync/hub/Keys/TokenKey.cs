using System.Security.Cryptography;

namespace EdgeFace.Hub.Keys;

/// <summary>A key in a token, for whoever signs with an <see cref="ECDsa"/>: the private half is asked for, never had.</summary>
/// <param name="token">Has it.</param>
/// <param name="id">Its id there, hex.</param>
/// <param name="known">The public half.</param>
sealed class TokenKey(SigningToken token, string id, ECParameters known) : ECDsa
{
    public string Id => id;

    public override int KeySize
    {
        get => 256;
        set => throw new CryptographicException("A key in a token keeps its size.");
    }

    /// <exception cref="TokenException">The token does not sign now.</exception>
    public override byte[] SignHash(byte[] hash) => token.Sign(id, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature)
    {
        using var key = Create(known);
        return key.VerifyHash(hash, signature);
    }

    public override ECParameters ExportParameters(bool includePrivateParameters) => includePrivateParameters
        ? throw new CryptographicException("The private key is in a token and does not leave it.") : known;

    public override ECParameters ExportExplicitParameters(bool includePrivateParameters)
    {
        if (includePrivateParameters) throw new CryptographicException("The private key is in a token and does not leave it.");

        using var key = Create(known);
        return key.ExportExplicitParameters(includePrivateParameters: false);
    }

    public override void ImportParameters(ECParameters parameters) => throw new CryptographicException("A key in a token is made there.");

    public override void GenerateKey(ECCurve curve) => throw new CryptographicException("A key in a token is made there.");
}

using System.Security.Cryptography;

namespace EdgeFace.Keeping;

/// <summary>
/// Seals cells with AES-256-GCM (NIST SP 800-38D): a fresh random 96-bit nonce, the ciphertext, a 128-bit tag. One
/// key may seal 2^32 cells with random nonces; a subject's own key seals a few dozen and the data key two for each
/// subject.
/// </summary>
sealed class CellCipher(ReadOnlySpan<byte> key) : IDisposable
{
    public const int KeyBytes = 32;
    public const int Overhead = NonceBytes + TagBytes;
    const int NonceBytes = 12;
    const int TagBytes = 16;

    readonly AesGcm _aes = new(key, TagBytes);

    public byte[] Seal(ReadOnlySpan<byte> plain, CellPlace place)
    {
        var cell = new byte[plain.Length + Overhead];
        var nonce = cell.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        _aes.Encrypt(nonce, plain, cell.AsSpan(NonceBytes, plain.Length), cell.AsSpan(^TagBytes..), place.ToBytes());
        return cell;
    }

    /// <summary>
    /// False when a bit was changed, the cell stands in another place, or the key is another one. The room for the
    /// content is as long as the cell less <see cref="Overhead"/>, and holds nothing on false.
    /// </summary>
    public bool TryOpen(ReadOnlySpan<byte> cell, CellPlace place, Span<byte> plain)
    {
        if (cell.Length != plain.Length + Overhead) return false;

        try
        {
            _aes.Decrypt(
                cell[..NonceBytes], cell[NonceBytes..^TagBytes], cell[^TagBytes..], plain, place.ToBytes());
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// A file sealed under a passphrase: Argon2id over a salt, then AES-256-GCM in pieces, each with its number for a nonce and the mark of the
/// last one authenticated, so that nothing is left out, put in or cut off unseen. All of it is checked before anybody uses it.
/// </summary>
static class BackupSeal
{
    public const int LettersMin = 12;

    const int SaltBytes = 16, KeyBytes = 32, NonceBytes = 12, TagBytes = 16, PieceBytes = 1 << 20, MemoryKiB = 64 * 1024, Passes = 3, Lanes = 1;

    static readonly byte[] Mark = Encoding.ASCII.GetBytes("edgeface-hub backup 1\n");

    public static async Task SealAsync(Stream plain, Stream target, string passphrase, CancellationToken stop)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        using var cipher = new AesGcm(await KeyOfAsync(passphrase, salt), TagBytes);
        await target.WriteAsync((byte[])[.. Mark, .. salt], stop);
        var (piece, number) = (new byte[PieceBytes], 0L);
        bool isLast;
        do
        {
            var read = await plain.ReadAtLeastAsync(piece, PieceBytes, throwOnEndOfStream: false, stop);
            isLast = read < PieceBytes;
            var sealedPiece = new byte[read + TagBytes];
            cipher.Encrypt(Nonce(number++), piece.AsSpan(0, read), sealedPiece.AsSpan(0, read), sealedPiece.AsSpan(read), [isLast ? (byte)1 : (byte)0]);
            await target.WriteAsync(sealedPiece, stop);
        }
        while (!isLast);
    }

    /// <exception cref="StoreException">It is no such file, or damaged, or under another passphrase.</exception>
    public static async Task OpenAsync(Stream source, Stream plain, string passphrase, CancellationToken stop)
    {
        var head = new byte[Mark.Length + SaltBytes];
        if (await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop) < head.Length || !head.AsSpan().StartsWith(Mark))
            throw new StoreException("It is no backup of a hub.");

        using var cipher = new AesGcm(await KeyOfAsync(passphrase, head[Mark.Length..]), TagBytes);
        var (piece, number, isLast) = (new byte[PieceBytes + TagBytes], 0L, false);
        while (!isLast)
        {
            var read = await source.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, stop);
            isLast = read < piece.Length;
            if (read < TagBytes) throw new StoreException("The backup was cut off.");

            var content = new byte[read - TagBytes];
            try
            {
                cipher.Decrypt(Nonce(number++), piece.AsSpan(0, content.Length), piece.AsSpan(content.Length, TagBytes), content, [isLast ? (byte)1 : (byte)0]);
            }
            catch (AuthenticationTagMismatchException e)
            {
                throw new StoreException(number == 1 ? "The passphrase is not that of the backup, or the file is damaged." : "The backup is damaged, or was cut off.", e);
            }

            await plain.WriteAsync(content, stop);
        }
    }

    static byte[] Nonce(long number)
    {
        var nonce = new byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(NonceBytes - sizeof(long)), number);
        return nonce;
    }

    static async Task<byte[]> KeyOfAsync(string passphrase, byte[] salt)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(passphrase)) { Salt = salt, MemorySize = MemoryKiB, Iterations = Passes, DegreeOfParallelism = Lanes };
        return await argon.GetBytesAsync(KeyBytes);
    }
}

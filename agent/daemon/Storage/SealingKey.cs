using System.Security.Cryptography;

using EdgeFace.Keeping;
namespace EdgeFace.Storage;

/// <summary>
/// The key under which everything is sealed: 32 random bytes in a file that only its owner may read. Two keys are
/// derived from it (HKDF-SHA256, RFC 5869), one that seals and one that signs receipts; all are wiped on dispose.
/// </summary>
sealed class SealingKey : IDisposable
{
    public const int Length = 32;

    // Pinned: the collector leaves no copies behind.
    readonly byte[] _receiptKey = GC.AllocateArray<byte>(Length, pinned: true);

    SealingKey(ReadOnlySpan<byte> secret)
    {
        Span<byte> sealing = stackalloc byte[CellCipher.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, sealing, salt: default, "edgeface sealing 1"u8);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, _receiptKey, salt: default, "edgeface receipts 1"u8);
        Cipher = new CellCipher(sealing);
        CryptographicOperations.ZeroMemory(sealing);
    }

    public CellCipher Cipher { get; }

    /// <summary>HMAC-SHA256 (RFC 2104) under the receipt key: 32 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The key is wiped.</exception>
    public byte[] Sign(ReadOnlySpan<byte> content)
    {
        ObjectDisposedException.ThrowIf(_receiptKey.AsSpan().IndexOfAnyExcept((byte)0) < 0, this);
        return HMACSHA256.HashData(_receiptKey, content);
    }

    /// <summary>
    /// Makes the file with mode 0600 where there is none; of two processes at their first start, both get the first
    /// one's.
    /// </summary>
    /// <exception cref="StorageException">As <see cref="Read"/>, or the file cannot be written.</exception>
    public static SealingKey ReadOrCreate(string file)
    {
        if (File.Exists(file)) return Read(file);

        var secret = new byte[Length];
        try
        {
            RandomNumberGenerator.Fill(secret);
            AtomicFile.WriteIfAbsent(file, secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.ReadOnly,
                $"The key file {file} cannot be made: {e.Message} Make the folder writable for this user.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        return Read(file);
    }

    /// <summary>The key of a data folder. One that systemd gives is read and never made.</summary>
    /// <param name="folder">Where the key lies, if not in a credential.</param>
    /// <param name="create">Whether one may be made where there is none.</param>
    /// <exception cref="StorageException">As <see cref="Read"/>, or the file cannot be written.</exception>
    public static SealingKey Of(StateFolder folder, bool create) =>
        folder.GivenKey is { } given ? Read(given, isCredential: true)
        : create ? ReadOrCreate(folder.Key)
        : Read(folder.Key);

    /// <param name="file">32 bytes.</param>
    /// <param name="isCredential">
    /// Systemd lets this user in by an access list, which shows as the group's bits; the folder is closed to all others.
    /// </param>
    /// <exception cref="StorageException">
    /// It is missing, others may read it, it is not 32 bytes long, or it cannot be read.
    /// </exception>
    public static SealingKey Read(string file, bool isCredential = false)
    {
        Span<byte> secret = stackalloc byte[Length];
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            Check(stream, isCredential);
            stream.ReadExactly(secret);
            return new SealingKey(secret);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new StorageException(StorageFault.KeyFileMissing,
                $"The key file {file} is missing. Without it no name or template of the gallery can be read. If systemd keeps the key "
                + "(/etc/credstore/edgeface.gallery.key, or /etc/credstore.encrypted for a TPM), run /usr/bin/edgeface as root, which has it "
                + "handed over; or else put it back from your backup. Only when it is lost for good: move gallery.db away and enrol anew.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.InputOutput,
                $"The key file {file} cannot be read: {e.Message} It must belong to the user that runs edgeface.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    static void Check(FileStream file, bool isCredential)
    {
        if (!isCredential && OwnerOnly.TooOpen(file) is { } mode)
        {
            throw new StorageException(StorageFault.KeyFileOpen,
                $"The key file {file.Name} has mode {mode}: others than its owner may use it. Run 'chmod 600 "
                + $"{file.Name}', and think of the key as known to them.");
        }

        if (file.Length != Length)
        {
            throw new StorageException(StorageFault.KeyFileDamaged,
                $"The key file {file.Name} is {file.Length} bytes long, not {Length}. Put back the right one "
                + "from your backup.");
        }
    }

    public void Dispose()
    {
        Cipher.Dispose();
        CryptographicOperations.ZeroMemory(_receiptKey);
    }
}

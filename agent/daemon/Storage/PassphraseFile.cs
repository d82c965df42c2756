using System.Buffers.Binary;
using System.Security.Cryptography;

using EdgeFace.Keeping;
namespace EdgeFace.Storage;

/// <summary>
/// One file under a passphrase. Header, all of it authenticated: "EFGALRY" and a zero, version (u16), iterations
/// (u32), salt (16 bytes), nonce (12 bytes), all little-endian; then the content under AES-256-GCM, then its tag. The
/// key comes from PBKDF2-HMAC-SHA256 (RFC 8018) with 600,000 iterations, as OWASP's password storage cheat sheet
/// asks.
/// </summary>
static class PassphraseFile
{
    public const int PassphraseLengthMin = 12;
    public const long BytesMax = 1L << 30;
    const ushort Version = 1;
    const int Iterations = 600_000;
    const int IterationsMax = 10_000_000; // about three seconds: a forged header must not hold the machine for a day
    const int SaltAt = 14;
    const int SaltBytes = 16;
    const int NonceAt = SaltAt + SaltBytes;
    const int NonceBytes = 12;
    const int HeaderBytes = NonceAt + NonceBytes;
    const int TagBytes = 16;

    static ReadOnlySpan<byte> Magic => "EFGALRY\0"u8;

    /// <summary>Whole or not at all, mode 0600, in place of what stood there.</summary>
    /// <exception cref="ArgumentException">The passphrase is shorter than 12 characters.</exception>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    public static void Write(string file, ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> content)
    {
        if (passphrase.Length < PassphraseLengthMin)
        {
            throw new ArgumentException(
                $"A passphrase has at least {PassphraseLengthMin} characters; this one has {passphrase.Length}.",
                nameof(passphrase));
        }

        var sealedFile = new byte[HeaderBytes + content.Length + TagBytes];
        var header = sealedFile.AsSpan(0, HeaderBytes);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], Iterations);
        RandomNumberGenerator.Fill(header[SaltAt..]);

        using var aes = CipherOf(passphrase, header);
        aes.Encrypt(
            header[NonceAt..], content,
            sealedFile.AsSpan(HeaderBytes, content.Length), sealedFile.AsSpan(^TagBytes..), header);
        Save(file, sealedFile);
    }

    /// <exception cref="StorageException">
    /// It is missing, too long, no archive, of a newer version, damaged, or under another passphrase: the last two
    /// look alike.
    /// </exception>
    public static byte[] Read(string file, ReadOnlySpan<char> passphrase)
    {
        var sealedFile = Load(file);
        if (sealedFile.Length < HeaderBytes + TagBytes || !sealedFile.AsSpan().StartsWith(Magic))
        {
            throw new StorageException(StorageFault.BadArchive,
                $"{file} is not an archive that 'gallery export' made.");
        }

        var header = sealedFile.AsSpan(0, HeaderBytes);
        CheckHeader(file, header);
        var content = new byte[sealedFile.Length - HeaderBytes - TagBytes];
        using var aes = CipherOf(passphrase, header);
        try
        {
            aes.Decrypt(
                header[NonceAt..], sealedFile.AsSpan(HeaderBytes, content.Length), sealedFile.AsSpan(^TagBytes..),
                content, header);
            return content;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new StorageException(StorageFault.WrongPassphrase,
                $"{file} does not open: the passphrase is another one, or the file is damaged. Nothing was "
                + "imported.", e);
        }
    }

    static void CheckHeader(string file, ReadOnlySpan<byte> header)
    {
        var version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version > Version)
        {
            throw new StorageException(StorageFault.NewerSchema,
                $"{file} is an archive of version {version}; this program knows up to {Version}. Use a newer "
                + "edgeface.");
        }

        if (version < 1 || BinaryPrimitives.ReadUInt32LittleEndian(header[10..]) is < 1 or > IterationsMax)
        {
            throw new StorageException(StorageFault.BadArchive,
                $"{file} has a header that no 'gallery export' writes.");
        }
    }

    static AesGcm CipherOf(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> header)
    {
        Span<byte> key = stackalloc byte[CellCipher.KeyBytes];
        var iterations = (int)BinaryPrimitives.ReadUInt32LittleEndian(header[10..]);
        Rfc2898DeriveBytes.Pbkdf2(
            passphrase, header.Slice(SaltAt, SaltBytes), key, iterations, HashAlgorithmName.SHA256);
        var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    static void Save(string file, byte[] content)
    {
        try
        {
            AtomicFile.Write(file, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.InputOutput,
                $"The archive {file} cannot be written: {e.Message} What stood there still does.", e);
        }
    }

    static byte[] Load(string file)
    {
        try
        {
            var bytes = new FileInfo(file).Length;
            return bytes <= BytesMax ? File.ReadAllBytes(file) : throw new StorageException(StorageFault.BadArchive,
                $"{file} is {bytes} bytes long; an archive has at most {BytesMax}.");
        }
        catch (FileNotFoundException e)
        {
            throw new StorageException(StorageFault.Missing, $"There is no archive {file}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFault.InputOutput, $"The archive {file} cannot be read: {e.Message}", e);
        }
    }
}

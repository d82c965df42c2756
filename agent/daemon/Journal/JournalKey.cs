using System.Security.Cryptography;
using EdgeFace.Keeping;
using EdgeFace.Storage;
using EdgeFace.Wire;

namespace EdgeFace.Journal;

/// <summary>
/// The device's signing key: ECDSA on P-256 (FIPS 186-5), PKCS #8 in a file of mode 0600. What it signs anybody may verify
/// with the public half; whoever may read the file may sign too, so heads count for most where another machine keeps them.
/// </summary>
sealed class JournalKey : IDisposable
{
    public const int SignatureBytes = 64;

    /// <summary>A PKCS #8 P-256 key has some 140 bytes.</summary>
    const int FileBytesMax = 1_000;

    readonly ECDsa _pair;

    JournalKey(ECDsa pair, bool exposed)
    {
        (_pair, Exposed) = (pair, exposed);
        Public = pair.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo (RFC 5280).</summary>
    public byte[] Public { get; }

    /// <summary>Others than the owner could read the file: it is used, and said.</summary>
    public bool Exposed { get; }

    public byte[] Sign(ReadOnlySpan<byte> statement) =>
        _pair.SignData(statement, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>The same key, to sign what the device says to the cloud; the caller's to dispose.</summary>
    public SigningKey ToSigningKey()
    {
        var secret = _pair.ExportPkcs8PrivateKey();
        try
        {
            return SigningKey.FromPkcs8(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public static bool Verify(ECDsa key, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature) => key.VerifyData(
        statement, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Made where there is none.</summary>
    /// <exception cref="StorageException">It is no such key, or cannot be read or made.</exception>
    public static JournalKey ReadOrCreate(string file)
    {
        if (!File.Exists(file))
        {
            using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var secret = pair.ExportPkcs8PrivateKey();
            try
            {
                AtomicFile.WriteIfAbsent(file, secret);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException(
                    e is IOException ? StorageFault.DiskFull : StorageFault.ReadOnly,
                    $"The journal's key {file} cannot be made: {e.Message} Make the folder writable, with some room.", e);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(secret);
            }
        }

        return Read(file);
    }

    /// <exception cref="StorageException">It is missing, no such key, or cannot be read.</exception>
    public static JournalKey Read(string file)
    {
        var secret = new byte[FileBytesMax];
        var pair = ECDsa.Create();
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var exposed = OwnerOnly.TooOpen(stream) is not null;
            var length = stream.ReadAtLeast(secret, FileBytesMax, throwOnEndOfStream: false);
            pair.ImportPkcs8PrivateKey(secret.AsSpan(0, length), out _);
            if (pair.KeySize != 256) throw new CryptographicException($"it is of {pair.KeySize} bits, not 256.");
            return new JournalKey(pair, exposed);
        }
        catch (Exception e)
        {
            pair.Dispose();
            if (Explain(e, file) is { } known) throw known;
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The public half of a PEM file.</summary>
    /// <exception cref="InvalidDataException">There is none in it.</exception>
    public static byte[] ReadPublic(string file)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            return key.ExportSubjectPublicKeyInfo();
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new InvalidDataException(
                $"{file} holds no public key in PEM form: {e.Message} Print the device's: edgeface journal key", e);
        }
    }

    static StorageException? Explain(Exception fault, string file) => fault switch
    {
        FileNotFoundException or DirectoryNotFoundException => new StorageException(StorageFault.KeyFileMissing,
            $"The journal's key {file} is missing: there was no daemon here yet, or somebody took it away.", fault),
        CryptographicException => new StorageException(StorageFault.KeyFileDamaged,
            $"The journal's key {file} is no P-256 key in PKCS #8: {fault.Message} Put it back from your backup.", fault),
        IOException or UnauthorizedAccessException => new StorageException(StorageFault.InputOutput,
            $"The journal's key {file} cannot be read: {fault.Message} It must belong to the user that runs edgeface.", fault),
        _ => null,
    };

    public void Dispose() => _pair.Dispose();
}

using System.Security.Cryptography;

using EdgeFace.Keeping;
namespace EdgeFace.Storage;

/// <summary>
/// The device's pair for HPKE: ECDH on P-256, PKCS #8 in a file of mode 0600. What the hub sends is sealed to its public half; when
/// the file is lost a new one is made, and the hub, which reads the new half from the device's signed identity, sends everything again.
/// </summary>
static class DeviceSeal
{
    /// <summary>A PKCS #8 P-256 key has some 140 bytes.</summary>
    const int FileBytesMax = 1_000;

    /// <summary>Made where there is none. The caller disposes it.</summary>
    /// <exception cref="StorageException">It is no such key, others may read it, or it cannot be read or made.</exception>
    public static ECDiffieHellman ReadOrCreate(string file)
    {
        if (File.Exists(file)) return Read(file);

        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var secret = pair.ExportPkcs8PrivateKey();
        try
        {
            AtomicFile.WriteIfAbsent(file, secret);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(e is IOException ? StorageFault.DiskFull : StorageFault.ReadOnly,
                $"The device's sealing key {file} cannot be made: {e.Message} Make the folder writable, with some room.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        return Read(file);
    }

    static ECDiffieHellman Read(string file)
    {
        var secret = new byte[FileBytesMax];
        var pair = ECDiffieHellman.Create();
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (OwnerOnly.TooOpen(stream) is { } mode)
            {
                throw new StorageException(StorageFault.KeyFileOpen,
                    $"The device's sealing key {file} has mode {mode}: others may read it, and what was sealed to it. Delete it: a new one is made.");
            }

            var length = stream.ReadAtLeast(secret, FileBytesMax, throwOnEndOfStream: false);
            pair.ImportPkcs8PrivateKey(secret.AsSpan(0, length), out _);
            if (pair.KeySize != 256) throw new CryptographicException($"it is of {pair.KeySize} bits, not 256.");
            return pair;
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

    static StorageException? Explain(Exception fault, string file) => fault switch
    {
        CryptographicException => new StorageException(StorageFault.KeyFileDamaged,
            $"The device's sealing key {file} is no P-256 key in PKCS #8: {fault.Message} Delete it: a new one is made.", fault),
        IOException or UnauthorizedAccessException => new StorageException(StorageFault.InputOutput,
            $"The device's sealing key {file} cannot be read: {fault.Message} It must belong to the user that runs edgeface.", fault),
        _ => null,
    };
}

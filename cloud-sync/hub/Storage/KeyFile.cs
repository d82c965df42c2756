using System.Security.Cryptography;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>A key of 32 bytes in a file that only the hub may read.</summary>
static class KeyFile
{
    const int Bytes = 32;

    /// <summary>Reads it, or makes it where there is none.</summary>
    /// <param name="file">Where.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="StoreException">It is not 32 bytes, or others may read it.</exception>
    public static byte[] ReadOrMake(string file, string what)
    {
        var fresh = RandomNumberGenerator.GetBytes(Bytes);
        AtomicFile.WriteIfAbsent(file, fresh);
        CryptographicOperations.ZeroMemory(fresh);
        using var stream = File.OpenRead(file);
        if (OwnerOnly.TooOpen(stream) is { } mode)
            throw new StoreException($"{file} has mode {mode}: others could read {what}. Set it to 600, and think about who has had it.");
        if (stream.Length != Bytes) throw new StoreException($"{file} has {stream.Length} bytes; a key has {Bytes}. Put back the right one.");

        var key = new byte[Bytes];
        stream.ReadExactly(key);
        return key;
    }
}

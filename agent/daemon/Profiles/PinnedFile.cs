using System.Security.Cryptography;

namespace EdgeFace.Profiles;

/// <summary>One published package archive, whole, pinned by its SHA-256 (64 lower-case hex digits).</summary>
sealed record PinnedPackage(string Name, string Version, string Sha256);

/// <summary>A file whose bytes are known before it is seen.</summary>
/// <param name="Name">Of the file as it is installed; never has a folder in it.</param>
/// <param name="Bytes">Exact size.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Package">The archive that it comes in; null when the user brings it.</param>
/// <param name="Path">Inside the archive.</param>
sealed record PinnedFile(string Name, long Bytes, string Sha256, PinnedPackage? Package = null, string? Path = null)
{
    /// <summary>True when the folder holds this file with these bytes.</summary>
    public bool IsIn(string folder)
    {
        var path = System.IO.Path.Combine(folder, Name);
        if (!File.Exists(path) || new FileInfo(path).Length != Bytes) return false;

        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == Sha256;
    }

    /// <summary>Copies the source to the folder while hashing it, and has it on the disk before it returns.</summary>
    /// <param name="source">Read no further than one byte past the pinned size, whatever it claims to hold.</param>
    /// <param name="folder">A temporary one: a fault leaves the bad file there.</param>
    /// <param name="origin">Names the source in messages.</param>
    /// <exception cref="PackageException">WrongDigest: other bytes than the pinned ones.</exception>
    public void CopyTo(string folder, Stream source, string origin)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var target = File.Create(System.IO.Path.Combine(folder, Name));
        var buffer = new byte[81920];
        for (int read; target.Position <= Bytes && (read = source.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            target.Write(buffer, 0, read);
        }

        var found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (target.Position != Bytes || found != Sha256)
        {
            var size = target.Position > Bytes ? $"more than {Bytes}" : $"{target.Position}";
            throw new PackageException(PackageFault.WrongDigest,
                $"{origin} is not the expected {Name}: it has {size} bytes with sha256 {found}, " +
                $"expected {Bytes} bytes with sha256 {Sha256}. Nothing was installed.");
        }

        target.Flush(flushToDisk: true);
    }
}

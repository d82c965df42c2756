using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>What a device shows, as it lies in its files now: read for each connection, so that a new one needs no restart.</summary>
sealed class IotHubCredential : IDisposable
{
    IotHubCredential(byte[]? key, X509Certificate2Collection certificates, X509Certificate2Collection? authorities)
    {
        Key = key;
        Certificates = certificates;
        Authorities = authorities;
    }

    /// <summary>Decoded; null with a certificate.</summary>
    public byte[]? Key { get; }

    /// <summary>The device's certificate first, with its private key; empty with a key.</summary>
    public X509Certificate2Collection Certificates { get; }

    /// <summary>Null: whom the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; }

    /// <summary>For messages.</summary>
    public string Shown => Key is null ? $"the certificate {Certificates[0].Thumbprint}" : "a token";

    /// <exception cref="IotHubRefusal">One of the files cannot be read or used: which, and why.</exception>
    public static IotHubCredential Read(IotHubOptions options)
    {
        var authorities = Read("ca_file", options.CaFile, file =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found.Count > 0 ? found : throw new FormatException("there is no certificate in it");
        });
        var key = Read("key_file", options.KeyFile, file => Convert.FromBase64String(File.ReadAllText(file).Trim()) is { Length: > 0 } found
            ? found : throw new FormatException("there is no key in it"));
        var certificates = Read("certificate_file", options.CertificateFile, file =>
        {
            var found = new X509Certificate2Collection(X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile));
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(file);
            foreach (var above in all.Skip(1)) found.Add(above);
            return found;
        });
        return new IotHubCredential(key, certificates ?? [], authorities);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Key);
        foreach (var each in Certificates) each.Dispose();
    }

    static T? Read<T>(string name, string? file, Func<string, T> read) where T : class
    {
        if (file is null) return null;

        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
        {
            // A reader's own words about a key may hold a part of it.
            var why = name == "key_file" && e is FormatException ? "it holds no key in base64" : e.Message;
            throw new IotHubRefusal("file-unreadable", $"{name} {file} cannot be used: {why}. Mend the file; it is read again at the next attempt.", e);
        }
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>What stands in the files that a link's options name, as it was when a connection was begun.</summary>
sealed class LinkFiles : IDisposable
{
    readonly X509Certificate2? _own;

    LinkFiles(X509Certificate2Collection? authorities, RevocationList? revoked, X509Certificate2? own, SslStreamCertificateContext? shown, string? password)
    {
        Authorities = authorities;
        Revoked = revoked;
        _own = own;
        Shown = shown;
        Password = password;
    }

    /// <summary>Null: whom the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; }

    public RevocationList? Revoked { get; }

    /// <summary>The device's own certificate, with what stands between it and its authority.</summary>
    public SslStreamCertificateContext? Shown { get; }

    public string? Password { get; }

    /// <exception cref="BrokenLinkException">One of them cannot be read or used: which one, and what to do.</exception>
    public static LinkFiles Read(MqttLinkOptions options)
    {
        var authorities = Read("ca_file", options.CaFile, file =>
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(file);
            return found.Count > 0 ? found : throw new FormatException("there is no certificate in it");
        });
        var revoked = Read("crl_file", options.CrlFile, file => RevocationList.Parse(File.ReadAllBytes(file)));
        var password = Read("password_file", options.PasswordFile, file => File.ReadAllText(file).TrimEnd('\r', '\n'));
        X509Certificate2? own = null;
        var shown = Read("certificate_file", options.CertificateFile, file =>
        {
            own = X509Certificate2.CreateFromPemFile(file, options.KeyFile);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(file);
            return SslStreamCertificateContext.Create(own, all, offline: true);
        });
        return new LinkFiles(authorities, revoked, own, shown, password);
    }

    /// <summary>Changes when what stands in one of the files does. Not by their times: copies keep those.</summary>
    public static string Stamp(MqttLinkOptions options) => string.Join('|',
        new[] { options.CaFile, options.CrlFile, options.CertificateFile, options.KeyFile, options.PasswordFile }.Select(StampOf));

    /// <summary>Of one file; "" where there is none to read.</summary>
    public static string StampOf(string? file)
    {
        if (file is null) return "";

        try
        {
            using var stream = File.OpenRead(file);
            return Convert.ToHexString(SHA256.HashData(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "none";
        }
    }

    public void Dispose() => _own?.Dispose();

    static T? Read<T>(string key, string? file, Func<string, T> read) where T : class
    {
        if (file is null) return null;

        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
        {
            throw new BrokenLinkException("file-unreadable", $"{key} {file} cannot be used: {e.Message}. Mend the file; it is read again at the next attempt.", e);
        }
    }
}

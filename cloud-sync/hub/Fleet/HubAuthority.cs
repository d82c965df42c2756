using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Fleet;

/// <summary>
/// A small certificate authority: it signs the hub's own certificate where none is given, and devices' where a broker knows them by
/// certificates. Its key is a file of mode 0600 in the hub's folder. Safe to use from several threads.
/// </summary>
sealed class HubAuthority : IDisposable
{
    const string KeyName = "authority.key", CertificateName = "authority.pem", ServerName = "server.pem", ServerKeyName = "server.key", CrlName = "revoked.crl";

    static readonly TimeSpan RootLasts = TimeSpan.FromDays(20 * 365), ServerLasts = TimeSpan.FromDays(825), DeviceLasts = TimeSpan.FromDays(730),
        CrlLasts = TimeSpan.FromDays(30), ClockSlack = TimeSpan.FromDays(1), RenewBefore = TimeSpan.FromDays(60);

    readonly HubFolder _folder;
    readonly TimeProvider _time;
    readonly X509Certificate2 _root;

    HubAuthority(HubFolder folder, TimeProvider time, X509Certificate2 root) => (_folder, _time, _root) = (folder, time, root);

    public string Pem => _root.ExportCertificatePem();

    public string File => Path.Combine(_folder.Authority, CertificateName);

    /// <summary>SHA-256 of its SubjectPublicKeyInfo, hex: what a device is told to believe.</summary>
    public static string PinOf(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Reads the authority, or makes it where there is none.</summary>
    /// <exception cref="StoreException">Its files are damaged.</exception>
    public static HubAuthority Open(HubFolder folder, TimeProvider time)
    {
        var (keyFile, file) = (Path.Combine(folder.Authority, KeyName), Path.Combine(folder.Authority, CertificateName));
        try
        {
            if (!System.IO.File.Exists(file)) Make(keyFile, file, time);
            return new HubAuthority(folder, time, X509Certificate2.CreateFromPemFile(file, keyFile));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The authority in {folder.Authority} cannot be used: {e.Message} Put it back from your copy, or from another instance. If there is none, see OPERATING.md on a new one.", e);
        }
    }

    /// <summary>The hub's own certificate for a name; made anew when it is for another one, or ends soon.</summary>
    /// <returns>PEM files of the certificate and its key.</returns>
    public (string CertificateFile, string KeyFile) Server(string host)
    {
        var (file, keyFile) = (Path.Combine(_folder.Authority, ServerName), Path.Combine(_folder.Authority, ServerKeyName));
        if (System.IO.File.Exists(file) && System.IO.File.Exists(keyFile))
        {
            using var known = X509CertificateLoader.LoadCertificateFromFile(file);
            if (known.MatchesHostname(host) && known.NotAfter.ToUniversalTime() > _time.GetUtcNow() + RenewBefore) return (file, keyFile);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var signed = Sign(request, ServerLasts);
        AtomicFile.Write(keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        AtomicFile.Write(file, Encoding.ASCII.GetBytes(signed.ExportCertificatePem() + "\n" + Pem + "\n"));
        return (file, keyFile);
    }

    /// <summary>A device's certificate: the name is the hub's to say, the key is the request's.</summary>
    /// <returns>PEM, with the authority behind it, and its serial number in hex.</returns>
    /// <exception cref="CryptographicException">It is no such request, or not signed by its own key.</exception>
    public (string Pem, string Serial) Device(string device, byte[] request)
    {
        var asked = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256);
        var own = new CertificateRequest(new X500DistinguishedName($"CN={device}"), asked.PublicKey, HashAlgorithmName.SHA256);
        own.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        own.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        own.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var signed = Sign(own, DeviceLasts);
        return (signed.ExportCertificatePem() + "\n" + Pem + "\n", signed.SerialNumber);
    }

    /// <summary>The list of certificates that are good no more, PEM, for the broker (mosquitto: crlfile).</summary>
    /// <param name="serials">Hex.</param>
    /// <param name="number">Larger than any before.</param>
    public string Revoked(IEnumerable<string> serials, long number)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials) builder.AddEntry(Convert.FromHexString(serial), _time.GetUtcNow());
        var now = _time.GetUtcNow();
        var list = PemEncoding.WriteString("X509 CRL", builder.Build(_root, number, now + CrlLasts, HashAlgorithmName.SHA256, thisUpdate: now - ClockSlack));
        AtomicFile.Write(Path.Combine(_folder.Authority, CrlName), Encoding.ASCII.GetBytes(list + "\n"));
        return list;
    }

    public void Dispose() => _root.Dispose();

    X509Certificate2 Sign(CertificateRequest request, TimeSpan lasts)
    {
        var now = _time.GetUtcNow();
        var end = now + lasts < _root.NotAfter.ToUniversalTime() ? now + lasts : _root.NotAfter.ToUniversalTime();
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        return request.Create(_root, now - ClockSlack, end, serial);
    }

    static void Make(string keyFile, string file, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var request = new CertificateRequest(string.Create(CultureInfo.InvariantCulture, $"CN=EdgeFace hub {id}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        using var root = request.CreateSelfSigned(now - ClockSlack, now + RootLasts);
        AtomicFile.Write(keyFile, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        AtomicFile.Write(file, Encoding.ASCII.GetBytes(root.ExportCertificatePem() + "\n"));
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Tests.IotHub;

/// <summary>A certificate authority of one test: certificates on P-256, each with its key, also as PEM files.</summary>
sealed class TestAuthority : IDisposable
{
    readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=EdgeFace test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
    }

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string Pem => _root.ExportCertificatePem();

    /// <summary>For a server of these names, or for a client of that common name.</summary>
    public X509Certificate2 Issue(string name, params string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(hosts.Length > 0 ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (hosts.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var host in hosts) names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }

        using var bare = request.Create(_root, Now.AddHours(-1), Now.AddDays(20), RandomNumberGenerator.GetBytes(16));
        return bare.CopyWithPrivateKey(key);
    }

    public string WriteRoot(string file)
    {
        File.WriteAllText(file, Pem);
        return file;
    }

    /// <summary>The certificate and its key, as the two files that options name.</summary>
    public static (string Certificate, string Key) Write(X509Certificate2 certificate, string folder)
    {
        var (one, two) = (Path.Combine(folder, "device.pem"), Path.Combine(folder, "device.key"));
        File.WriteAllText(one, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("The certificate has no key.");
        File.WriteAllText(two, key.ExportPkcs8PrivateKeyPem());
        return (one, two);
    }

    public void Dispose() => _root.Dispose();
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Tests.Link;

/// <summary>An authority of one test's own, and what it issues, as PEM files in the test's folder.</summary>
sealed class MadeCertificates : IDisposable
{
    readonly ScratchFolder _folder;
    readonly X509Certificate2 _own;

    public MadeCertificates(ScratchFolder folder, string name)
    {
        _folder = folder;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _own = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-30), TimeProvider.System.GetUtcNow().AddDays(30));
        CaFile = _folder[$"{name}.crt"];
        File.WriteAllText(CaFile, _own.ExportCertificatePem());
    }

    public string CaFile { get; }

    /// <summary>For a server on this machine, good for a day unless it is told otherwise.</summary>
    public (string CertificateFile, string KeyFile) Server(string file = "server", string name = "localhost", int daysUntil = 1) =>
        Issue(file, name, daysUntil, request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            if (name == "localhost") names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        });

    public (string CertificateFile, string KeyFile) Client(string name, string? file = null) => Issue(file ?? name, name, 1, _ => { });

    /// <summary>A list that names these, as a PEM file.</summary>
    public string Revoke(params string[] certificateFiles)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var file in certificateFiles)
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
            list.AddEntry(certificate);
        }

        var der = list.Build(_own, 1, TimeProvider.System.GetUtcNow().AddDays(1), HashAlgorithmName.SHA256);
        var made = _folder["revoked.crl"];
        File.WriteAllText(made, PemEncoding.WriteString("X509 CRL", der));
        return made;
    }

    /// <summary>With its key, as clients want to have it.</summary>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        using var pair = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose() => _own.Dispose();

    (string, string) Issue(string file, string name, int daysUntil, Action<CertificateRequest> more)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        more(request);
        using var signed = request.Create(
            _own, TimeProvider.System.GetUtcNow().AddDays(-10), TimeProvider.System.GetUtcNow().AddDays(daysUntil), RandomNumberGenerator.GetBytes(12));
        var (certificateFile, keyFile) = (_folder[$"{file}.pem"], _folder[$"{file}.key"]);
        File.WriteAllText(certificateFile, signed.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}

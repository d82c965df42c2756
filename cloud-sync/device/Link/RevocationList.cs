using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeFace.Link;

/// <summary>
/// Certificates that their authorities took back: the lists of RFC 5280, 5. Whoever put the file on the device is
/// trusted, so a list's own signature is not asked for; an old one still refuses what it names.
/// </summary>
sealed class RevocationList
{
    readonly HashSet<string> _revoked = new(StringComparer.Ordinal);

    RevocationList()
    {
    }

    /// <summary>PEM, one or several, or one in DER.</summary>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static RevocationList Parse(byte[] content)
    {
        var all = new RevocationList();
        try
        {
            var text = System.Text.Encoding.UTF8.GetString(content);
            var lists = 0;
            for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..], lists++)
            {
                if (rest[found.Label].SequenceEqual("X509 CRL")) all.Add(Convert.FromBase64String(rest[found.Base64Data].ToString()));
            }

            if (lists == 0) all.Add(content);
            return all;
        }
        catch (AsnContentException e)
        {
            throw new FormatException($"It is no revocation list: {e.Message}", e);
        }
    }

    /// <summary>By issuer and serial number: another authority may give the same number.</summary>
    public bool Has(X509Certificate2 certificate) =>
        _revoked.Contains(Key(certificate.IssuerName.RawData, certificate.SerialNumberBytes.Span));

    /// <summary>CertificateList, RFC 5280, 5.1.</summary>
    void Add(byte[] der)
    {
        var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (list.PeekTag() == Asn1Tag.Integer) list.ReadEncodedValue(); // version
        list.ReadEncodedValue(); // signature algorithm
        var issuer = list.ReadEncodedValue().ToArray();
        list.ReadEncodedValue(); // this update
        if (list.HasData && list.PeekTag() is { TagClass: TagClass.Universal, TagValue: 23 or 24 }) list.ReadEncodedValue(); // next update
        if (!list.HasData || list.PeekTag() != Asn1Tag.Sequence) return; // nothing was taken back

        for (var entries = list.ReadSequence(); entries.HasData;)
            _revoked.Add(Key(issuer, entries.ReadSequence().ReadIntegerBytes().Span));
    }

    static string Key(byte[] issuer, ReadOnlySpan<byte> serial) =>
        $"{Convert.ToHexString(issuer)}:{Convert.ToHexString(serial.TrimStart((byte)0))}";
}

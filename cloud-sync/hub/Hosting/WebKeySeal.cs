using System.Text;
using System.Xml.Linq;
using EdgeFace.Hub.Storage;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace EdgeFace.Hub.Hosting;

/// <summary>The keys of forms lie sealed under the hub's key.</summary>
sealed class WebKeySeal(PersonalSeal seal) : IXmlEncryptor
{
    public const string Place = "web-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("sealed", Convert.ToBase64String(seal.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString()), Place))), typeof(WebKeyOpening));
}

/// <summary>And are opened with it.</summary>
sealed class WebKeyOpening(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(
        Encoding.UTF8.GetString(services.GetRequiredService<PersonalSeal>().Open(Convert.FromBase64String(encryptedElement.Value), WebKeySeal.Place)));
}

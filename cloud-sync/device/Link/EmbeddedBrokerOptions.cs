using System.ComponentModel.DataAnnotations;

namespace EdgeFace.Link;

/// <summary>The broker that comes along: for first steps, for the demonstration and for tests.</summary>
/// <param name="Address">Where it listens; another than loopback wants TLS.</param>
/// <param name="Port">0: any free one.</param>
/// <param name="CertificateFile">PEM; with it, TLS 1.2 or 1.3 is spoken.</param>
/// <param name="KeyFile">PEM: its private key.</param>
/// <param name="ClientCaFile">PEM: who may have signed clients' certificates; then every client must show one.</param>
/// <param name="AccountsFile">See <see cref="BrokerAccounts"/>; null: certificates only.</param>
/// <param name="PayloadBytesMax">Larger messages are refused.</param>
/// <param name="ClientsMax">More connections than that are closed as they come.</param>
/// <param name="PendingMax">Messages that wait for one client; the oldest is dropped for the next one, and counted.</param>
/// <param name="First">A user: nobody else is let in before he listens, since what is said before that nobody would hear; null: there is none.</param>
sealed record EmbeddedBrokerOptions(
    string Address = "127.0.0.1",
    [property: Range(0, 65535)] int Port = 1883,
    string? CertificateFile = null,
    string? KeyFile = null,
    string? ClientCaFile = null,
    string? AccountsFile = null,
    [property: Range(1024, 262_144)] int PayloadBytesMax = 65_000,
    [property: Range(1, 10_000)] int ClientsMax = 200,
    [property: Range(1, 100_000)] int PendingMax = 1000,
    string? First = null)
{
    /// <summary>Everything that is wrong; empty when nothing is.</summary>
    public IEnumerable<string> Faults()
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), found, validateAllProperties: true);
        foreach (var fault in found) yield return fault.ErrorMessage ?? "";
        if (!System.Net.IPAddress.TryParse(Address, out var address)) yield return $"'{Address}' is no address of this machine.";
        else if (!System.Net.IPAddress.IsLoopback(address) && CertificateFile is null)
            yield return $"On {Address} others can listen along: give a certificate and a key, or listen on 127.0.0.1.";
        if (CertificateFile is null != KeyFile is null) yield return "A certificate and its key belong together: give both or none.";
        if (ClientCaFile is not null && CertificateFile is null) yield return "Clients show certificates over TLS only: give the broker one of its own.";
        if (ClientCaFile is null && AccountsFile is null) yield return "Nobody could connect: give a file of accounts, or an authority of client certificates.";
    }
}

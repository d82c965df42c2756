using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeFace.Profiles;

namespace EdgeFace.Hosting;

/// <summary>The way to the cloud that a profile names: whether somebody answers there, and for how long its certificates hold.</summary>
static class LinkFindings
{
    public static readonly TimeSpan AnswerMost = TimeSpan.FromSeconds(3);

    /// <summary>Sooner than that, a certificate should be renewed.</summary>
    static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public static async Task<Finding> BrokerAsync(CloudOptions cloud, TimeProvider time, CancellationToken stop)
    {
        var (host, port) = cloud.Mqtt is { } mqtt ? (mqtt.Host, mqtt.Port)
            : (cloud.IotHub?.GatewayHost ?? cloud.IotHub?.Host ?? cloud.IotHub?.Provisioning?.Host ?? "", cloud.IotHub?.Port ?? 0);
        using var late = new CancellationTokenSource(AnswerMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var began = time.GetTimestamp();
        try
        {
            await socket.ConnectAsync(host, port, both.Token);
            return Finding.Ok("broker", string.Create(CultureInfo.InvariantCulture, $"{host}:{port} answers ({time.GetElapsedTime(began).TotalMilliseconds:F0} ms)"));
        }
        catch (SocketException e)
        {
            return Finding.Fail("broker", $"{host}:{port}: {e.Message}", e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain
                ? "correct the host's name in the profile, or this machine's name service (/etc/resolv.conf)"
                : "start the broker, open the port in the firewalls between, or correct host and port in the profile; doors go on without");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Finding.Fail("broker", $"{host}:{port} did not answer within {AnswerMost.TotalSeconds} s",
                "open the port in the firewalls between, or correct host and port in the profile; doors go on without");
        }
    }

    public static IEnumerable<Finding> Certificates(CloudOptions cloud, DateTimeOffset now) =>
        new[] { cloud.Mqtt?.CaFile, cloud.Mqtt?.CertificateFile, cloud.IotHub?.CaFile, cloud.IotHub?.CertificateFile }
            .OfType<string>().SelectMany(file => OfFile(file, now));

    static IReadOnlyList<Finding> OfFile(string file, DateTimeOffset now)
    {
        var held = new X509Certificate2Collection();
        try
        {
            held.ImportFromPemFile(file);
            return held.Count == 0
                ? [Finding.Fail("certificate", $"{file} holds none", "put a PEM file there")]
                : [.. held.Select(each => Of(file, each, now))];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return [Finding.Fail("certificate", $"{file} cannot be read: {e.Message.TrimEnd('.')}", "put a PEM file there that this user may read")];
        }
        finally
        {
            foreach (var each in held) each.Dispose();
        }
    }

    static Finding Of(string file, X509Certificate2 certificate, DateTimeOffset now)
    {
        var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var text = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}, {name}: until {until.UtcDateTime:yyyy-MM-dd}");
        return until <= now ? Finding.Fail("certificate", $"{text}, which is over", "renew it: no connection is made with it")
            : from > now ? Finding.Fail("certificate", string.Create(CultureInfo.InvariantCulture, $"{text}, and only from {from.UtcDateTime:yyyy-MM-dd} on"), "set this machine's clock, or wait")
            : until - now < RenewBefore ? Finding.Warn("certificate", $"{text}, {(int)(until - now).TotalDays} days from now", "renew it; it is read anew when the file changes")
            : Finding.Ok("certificate", text);
    }
}

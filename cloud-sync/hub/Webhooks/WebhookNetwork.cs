using System.Net;
using System.Net.Sockets;

namespace EdgeFace.Hub.Webhooks;

/// <summary>
/// Where webhooks may go: to the internet over TLS, and into those private networks only that the hub's settings name. It is judged by
/// the address that is connected to: a name may lead to another one each time it is asked for.
/// </summary>
/// <param name="allowed">Private networks, as 10.1.0.0/16.</param>
sealed class WebhookNetwork(IReadOnlyList<IPNetwork> allowed)
{
    const int UrlLettersMax = 2_000;

    /// <summary>Loopback, private, link-local, shared, multicast, reserved (IANA's special-purpose registries).</summary>
    static readonly IPNetwork[] Inside = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    }.Select(IPNetwork.Parse)];

    /// <summary>An IPv4 address stands in these behind so many bytes.</summary>
    static readonly (IPNetwork Network, int Begin)[] Embedding = [(IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2)];

    /// <summary>Why it is no address for a webhook; null: it is one, as far as can be told before its name is asked for.</summary>
    public string? Fault(string url)
    {
        if (url.Length > UrlLettersMax || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            return $"'{(url.Length > 80 ? url[..80] : url)}' is no address; say https://host/path, at most {UrlLettersMax} characters.";
        if (uri.UserInfo.Length > 0) return "A name and a password in the address are not sent. Receivers know the hub by its signature.";
        if (uri.Scheme == "http" && allowed.Count == 0)
            return "Webhooks go over https. Plain http goes into private networks only that hub.json names (webhooks_private).";
        return IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var address) && !Takes(address, uri.Scheme == "http") ? Refusal(uri.Host) : null;
    }

    /// <param name="address">That is to be connected to.</param>
    /// <param name="isPlain">Without TLS: then it must be in a network that was named.</param>
    public bool Takes(IPAddress address, bool isPlain)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return allowed.Any(network => network.Contains(address)) || (!isPlain && !IsInside(address));
    }

    /// <summary>Follows nothing, keeps nothing, reads little, and goes nowhere but where <see cref="Takes"/> says.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectCallback = ConnectAsync,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxConnectionsPerServer = 32,
        MaxResponseHeadersLength = 16, // KiB
        MaxResponseDrainSize = 4_096,
        ActivityHeadersPropagator = null,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // the sender measures by the hub's clock
    };

    static bool IsInside(IPAddress address)
    {
        if (Inside.Any(network => network.Contains(address))) return true;

        var bytes = address.GetAddressBytes();
        return Embedding.Any(each => each.Network.Contains(address) && IsInside(new IPAddress(bytes.AsSpan(each.Begin, 4))));
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isPlain = context.InitialRequestMessage.RequestUri?.Scheme != "https";
        var addresses = (await Dns.GetHostAddressesAsync(host, stop)).Where(address => Takes(address, isPlain)).ToArray();
        if (addresses.Length == 0) throw new HttpRequestException(HttpRequestError.ConnectionError, Refusal(host));

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    static string Refusal(string host) =>
        $"{host} is inside of a private network, or plain http leads out of one. hub.json says which networks webhooks may enter: webhooks_private, as [\"10.1.0.0/16\"].";
}

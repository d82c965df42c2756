using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace EdgeFace.Tests.Hub;

/// <summary>What a browser does besides sending: cookies, and the token that a form of the page would carry.</summary>
sealed partial class BrowserHandler : DelegatingHandler
{
    static readonly ConditionalWeakTable<HttpClient, CookieContainer> Jars = [];

    readonly bool _withFormToken;
    readonly CookieContainer _cookies = new();

    public BrowserHandler(bool withFormToken)
    {
        _withFormToken = withFormToken;
        InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = withFormToken, CookieContainer = _cookies };
    }

    public static HttpClient Client(BrowserHandler handler, Uri address)
    {
        var client = new HttpClient(handler) { BaseAddress = address };
        Jars.Add(client, handler._cookies);
        return client;
    }

    public static string CookiesOf(HttpClient client, Uri address) =>
        Jars.TryGetValue(client, out var jar) ? jar.GetCookieHeader(address) : "";

    /// <summary>The token of the first form in a page; null: there is none.</summary>
    public static string? FormToken(string page) => TokenField().Match(page) is { Success: true } match ? match.Groups["value"].Value : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_withFormToken && request.Method != HttpMethod.Get && request.RequestUri is { } to && await FetchAsync(new Uri(to, "/account"), cancellationToken) is { } token)
            request.Headers.TryAddWithoutValidation("RequestVerificationToken", token);
        return await base.SendAsync(request, cancellationToken);
    }

    async Task<string?> FetchAsync(Uri page, CancellationToken stop)
    {
        for (var hops = 0; hops < 5; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page);
            using var answer = await base.SendAsync(request, stop);
            if (answer.Headers.Location is not { } next) return FormToken(await answer.Content.ReadAsStringAsync(stop));
            page = new Uri(page, next);
        }

        return null;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<value>[^\"]+)\"")]
    private static partial Regex TokenField();
}

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace EdgeFace.Tests.Hub.Operators;

/// <summary>A company's sign-in that lets everybody in as whom the test says: discovery, authorize, token with PKCE, keys.</summary>
sealed class CompanyProvider : IAsyncDisposable
{
    readonly RSA _key = RSA.Create(2048);
    readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    readonly WebApplication _app;

    CompanyProvider(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public string Subject { get; set; } = "u-17";

    public string Name { get; set; } = "carla";

    public string[] Groups { get; set; } = ["hub-enrollers"];

    /// <summary>Signs with a key that it does not publish.</summary>
    public bool SignsWithAnotherKey { get; set; }

    public string Secret { get; } = "the hub's own";

    public static async Task<CompanyProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new CompanyProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = provider.Address,
            ["authorization_endpoint"] = $"{provider.Address}/authorize",
            ["token_endpoint"] = $"{provider.Address}/token",
            ["jwks_uri"] = $"{provider.Address}/keys",
            ["response_types_supported"] = new[] { "code" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    IResult Keys()
    {
        var key = _key.ExportParameters(false);
        return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } });
    }

    IResult Authorize(HttpRequest request)
    {
        Assert.Equal("S256", request.Query["code_challenge_method"]);
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (request.Query["code_challenge"].ToString(), request.Query["nonce"].ToString());
        return Results.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"].ToString())}");
    }

    async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var isRight = _codes.TryRemove(form["code"].ToString(), out var asked) && form["client_secret"] == Secret
            && Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == asked.Challenge;
        return isRight ? Results.Json(new { access_token = "none", token_type = "Bearer", id_token = IdToken(asked.Nonce) }) : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
    }

    string IdToken(string nonce)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var text = Part(new { alg = "RS256", typ = "JWT", kid = "1" }) + "." + Part(new
        {
            iss = Address,
            sub = Subject,
            aud = "edgeface-hub",
            nonce,
            iat = now,
            exp = now + 300,
            preferred_username = Name,
            groups = Groups,
        });
        using var another = RSA.Create(2048);
        var signature = (SignsWithAnotherKey ? another : _key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    static string Part<T>(T content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}

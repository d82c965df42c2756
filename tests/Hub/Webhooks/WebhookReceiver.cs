using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EdgeFace.Tests.Hub.Webhooks;

/// <summary>A message as a receiver got it.</summary>
sealed record GotMessage(string Id, string Time, string Signature, string? ContentType, byte[] Body)
{
    public IReadOnlyList<JsonElement> Events => [.. JsonElement.Parse(Body).EnumerateArray()];

    /// <summary>Standard Webhooks by the letter, with RFC 2104 written out: none of the hub's code, and none of its library's HMAC.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = new byte[64];
        Convert.FromBase64String(secret["whsec_".Length..]).CopyTo(key, 0);
        byte[] Padded(byte pad) => [.. key.Select(each => (byte)(each ^ pad))];
        byte[] message = [.. Encoding.UTF8.GetBytes($"{Id}.{Time}."), .. Body];
        var mac = SHA256.HashData([.. Padded(0x5c), .. SHA256.HashData([.. Padded(0x36), .. message])]);
        return Signature.Split(' ').Contains($"v1,{Convert.ToBase64String(mac)}");
    }
}

/// <summary>Another system: a real HTTP server that answers as a test says.</summary>
sealed class WebhookReceiver : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<GotMessage> _taken = [], _heard = [];

    WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>What it does with the next message; the status.</summary>
    public Func<HttpContext, Task<int>> Answer { get; set; } = _ => Task.FromResult(204);

    /// <summary>To which it answered 2xx.</summary>
    public IReadOnlyList<GotMessage> Taken => [.. _taken];

    /// <summary>All that came.</summary>
    public IReadOnlyList<GotMessage> Heard => [.. _heard];

    /// <summary>The numbers of the events that it took, in their order, each as often as it came.</summary>
    public IReadOnlyList<long> Seqs => [.. _taken.SelectMany(message => message.Events).Select(what => what.GetProperty("data").GetProperty("seq").GetInt64())];

    public string Url => $"{_app.Urls.First()}/hook";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.HearAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    async Task HearAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        string Header(string name) => http.Request.Headers[name].ToString();
        var message = new GotMessage(Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), http.Request.ContentType, body.ToArray());
        _heard.Enqueue(message);
        var status = await Answer(http);
        if (http.Response.HasStarted) return;

        if (status is >= 200 and < 300) _taken.Enqueue(message);
        http.Response.StatusCode = status;
    }
}

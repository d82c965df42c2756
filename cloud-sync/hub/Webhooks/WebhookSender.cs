using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace EdgeFace.Hub.Webhooks;

/// <summary>What came of a try.</summary>
/// <param name="Status">The answer's; null: there was none.</param>
/// <param name="Milliseconds">Until then.</param>
/// <param name="Fault">Why it was not taken; null: it was.</param>
/// <param name="RetryAfter">The receiver asks not to be tried before.</param>
sealed record WebhookResult(int? Status, long Milliseconds, string? Fault, TimeSpan? RetryAfter = null)
{
    public bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>How long a webhook is waited for.</summary>
/// <param name="Look">Between two looks for new events.</param>
/// <param name="PauseMin">After the first failure; twice as long after each next one.</param>
/// <param name="PauseMax">At most.</param>
/// <param name="Timeout">For an answer.</param>
/// <param name="GiveUp">A receiver that took nothing for so long is not tried any more.</param>
sealed record WebhookPace(TimeSpan Look, TimeSpan PauseMin, TimeSpan PauseMax, TimeSpan Timeout, TimeSpan GiveUp)
{
    public static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    public static WebhookPace Of(TimeSpan giveUp) =>
        new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10), giveUp);

    /// <summary>Half of it is by chance, so that receivers that came back are not met by all at once.</summary>
    public TimeSpan After(long failures, TimeSpan? retryAfter)
    {
        var pause = Math.Min(PauseMax.TotalSeconds, PauseMin.TotalSeconds * Math.Pow(2, Math.Clamp(failures - 1, 0, 30)));
        var drawn = TimeSpan.FromSeconds(pause * (0.5 + (0.5 * Random.Shared.NextDouble())));
        var asked = retryAfter < RetryAfterMax ? retryAfter.Value : retryAfter is null ? TimeSpan.Zero : RetryAfterMax;
        return drawn > asked ? drawn : asked;
    }
}

/// <summary>Posts a message and hears whether it was taken. Nothing of the answer but its status is read.</summary>
sealed class WebhookSender(WebhookNetwork network, WebhookPace pace, TimeProvider time) : IDisposable
{
    const int FaultLettersMax = 300;

    readonly HttpClient _client = network.Client();

    public async Task<WebhookResult> SendAsync(string url, IReadOnlyList<byte[]> secrets, WebhookBatch batch, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(batch.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(WebhookBatch.ContentType, "utf-8");
        request.Headers.Add("webhook-id", batch.Id);
        request.Headers.Add("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSecret.Sign(secrets, batch.Id, now, batch.Body));
        request.Headers.UserAgent.ParseAdd("edgeface-hub");
        var began = time.GetTimestamp();
        long Took() => (long)time.GetElapsedTime(began).TotalMilliseconds;
        using var late = new CancellationTokenSource(pace.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new WebhookResult((int)answer.StatusCode, Took(), Fault(answer.StatusCode), RetryAfter(answer.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new WebhookResult(null, Took(), $"No answer within {pace.Timeout.TotalSeconds:0.#} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return new WebhookResult(null, Took(), Words(e));
        }
    }

    public void Dispose() => _client.Dispose();

    static string? Fault(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => $"It answered {(int)status} and led elsewhere; that is not followed. Give the address that it leads to.",
        410 => "It answered 410: it wants nothing more from here.",
        _ => $"It answered {(int)status}.",
    };

    /// <summary>The innermost says it: a name that is not known, a port that is shut, a certificate that is not good.</summary>
    static string Words(Exception fault)
    {
        var inner = fault.GetBaseException().Message;
        return inner.Length <= FaultLettersMax ? inner : inner[..FaultLettersMax];
    }

    TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date && date > time.GetUtcNow() ? date - time.GetUtcNow() : null);
}

using System.Globalization;
using System.Text.Json;

namespace EdgeFace.Link;

/// <summary>An answer of the twin or of the provisioning service.</summary>
/// <param name="Status">As HTTP has them.</param>
/// <param name="Bag">What stands in its topic beside the request's number.</param>
/// <param name="Payload">JSON, or empty.</param>
sealed record IotHubAnswer(int Status, IReadOnlyDictionary<string, string?> Bag, ReadOnlyMemory<byte> Payload)
{
    /// <summary>How long to wait before asking again; zero where nothing is said. At most an hour is believed.</summary>
    public TimeSpan RetryAfter =>
        int.TryParse(Bag.GetValueOrDefault("retry-after"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, 3600)) : TimeSpan.Zero;
}

/// <summary>Requests of one connection that wait for their answers: the answer's topic bears the request's number.</summary>
sealed class IotHubRequests(TimeProvider time, TimeSpan limit)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, (TaskCompletionSource<IotHubAnswer> Answer, Action<IotHubAnswer>? Heard)> _waiting = [];
    int _last;

    /// <param name="ask">Sends the request of that number.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="heard">Called in the answer's turn among all messages that arrive; may throw a JsonException.</param>
    /// <exception cref="TimeoutException">No answer came in time.</exception>
    /// <exception cref="JsonException"><paramref name="heard"/> could not read it.</exception>
    public async Task<IotHubAnswer> AskAsync(Func<string, Task> ask, CancellationToken stop, Action<IotHubAnswer>? heard = null)
    {
        var answer = new TaskCompletionSource<IotHubAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        string request;
        lock (_lock)
        {
            request = (++_last).ToString("x", CultureInfo.InvariantCulture);
            _waiting[request] = (answer, heard);
        }

        try
        {
            await ask(request);
            return await answer.Task.WaitAsync(limit, time, stop);
        }
        finally
        {
            lock (_lock) _waiting.Remove(request);
        }
    }

    /// <summary>False when nobody waits for it any more.</summary>
    public bool Answer(int status, Dictionary<string, string?> bag, ReadOnlyMemory<byte> payload)
    {
        (TaskCompletionSource<IotHubAnswer> Answer, Action<IotHubAnswer>? Heard) waiting;
        lock (_lock)
        {
            if (!_waiting.Remove(bag["$rid"] ?? "", out waiting)) return false;
        }

        var answer = new IotHubAnswer(status, bag, payload);
        try
        {
            waiting.Heard?.Invoke(answer);
            waiting.Answer.TrySetResult(answer);
        }
        catch (JsonException e)
        {
            waiting.Answer.TrySetException(e);
        }

        return true;
    }
}

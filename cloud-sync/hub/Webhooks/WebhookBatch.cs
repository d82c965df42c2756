using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeFace.Hub.Intake;
using EdgeFace.Hub.People;

namespace EdgeFace.Hub.Webhooks;

/// <summary>
/// Events as one message: a JSON batch of CloudEvents. In order means one message after the other, so that a receiver 50 ms away
/// would get twenty events a second if each came alone.
/// </summary>
/// <param name="Id">Follows from the content: the same message has the same one, also from another instance.</param>
/// <param name="Body">What is posted, and signed.</param>
/// <param name="Count">Of how many events.</param>
sealed record WebhookBatch(string Id, byte[] Body, int Count)
{
    public const string ContentType = "application/cloudevents-batch+json";

    public const int EventsMax = 100;

    /// <summary>One event alone may be larger: a device's message is 65,000 bytes at most.</summary>
    const int LettersMax = 131_072;

    /// <summary>As many from the start as fit.</summary>
    /// <param name="webhook">Whose.</param>
    /// <param name="events">Not empty.</param>
    /// <param name="people">Whose names go along; null: nobody's.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<WebhookBatch> OfAsync(string webhook, IReadOnlyList<SeenEvent> events, KnownPeople? people, CancellationToken stop)
    {
        var text = new StringBuilder("[");
        var count = 0;
        foreach (var what in events.Take(EventsMax))
        {
            var name = people is null ? null : await people.NameOfAsync(what.Person, stop);
            var json = name is null ? what.Body : $"{what.Body[..^1]},\"personname\":{JsonSerializer.Serialize(name)}}}";
            if (count > 0 && text.Length + json.Length > LettersMax) break;

            text.Append(count++ == 0 ? "" : ",").Append(json);
        }

        return Of(webhook, text.Append(']').ToString(), count);
    }

    /// <summary>Says only that it comes from the hub.</summary>
    public static WebhookBatch Ping(string webhook, DateTimeOffset now)
    {
        var id = Guid.NewGuid().ToString("N");
        return Of(webhook, $$"""[{"specversion":"1.0","id":"{{id}}","source":"/edgeface-hub","type":"edgeface.ping","time":"{{now:O}}","data":null}]""", 1);
    }

    static WebhookBatch Of(string webhook, string text, int count)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var hash = SHA256.HashData([.. Encoding.ASCII.GetBytes(webhook), .. body]);
        return new WebhookBatch($"msg_{Convert.ToHexStringLower(hash.AsSpan(0, 16))}", body, count);
    }
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeFace.Wire;

/// <summary>Events as one message: a JSON batch of CloudEvents 1.0 (application/cloudevents-batch+json), an array.</summary>
static class EventBatch
{
    public const string ContentType = "application/cloudevents-batch+json";

    /// <summary>A batch has no more, so that the receipt for it fits a message too.</summary>
    public const int EventsMax = 400;

    /// <summary>An event without remedy and more fits, whatever else stands in it.</summary>
    public const int BytesLeast = 4_096;

    /// <summary>Letters stand as they are: no page reads this, and an event of other scripts would be three times as long.</summary>
    static readonly CloudEventJson Form = new(new JsonSerializerOptions(CloudEventJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>As many events from the start as fit; at least one, which is cut where it alone is too large.</summary>
    /// <param name="events">Not empty.</param>
    /// <param name="bytesMax">From <see cref="BytesLeast"/>.</param>
    /// <param name="count">How many are in it.</param>
    public static byte[] Write(IReadOnlyList<OutboxEvent> events, int bytesMax, out int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesMax, BytesLeast);
        var batch = new ArrayBufferWriter<byte>(Math.Min(bytesMax, 65_536));
        batch.Write("["u8);
        for (count = 0; count < Math.Min(events.Count, EventsMax); count++)
        {
            var json = Json(events[count]);
            if (count == 0 && json.Length + 2 > bytesMax) json = Json(events[0] with { Remedy = null, More = null, Cut = true });
            if (count > 0 && batch.WrittenCount + json.Length + 2 > bytesMax) break;
            if (count > 0) batch.Write(","u8);
            batch.Write(json);
        }

        batch.Write("]"u8);
        return batch.WrittenSpan.ToArray();
    }

    /// <summary>What is good of a batch; what is not is counted by its refusal and left out whole.</summary>
    /// <param name="payload">UTF-8.</param>
    /// <param name="device">Who sent it.</param>
    /// <param name="refusals">As "malformed", one for each event, or one for all when it is no batch.</param>
    public static IReadOnlyList<OutboxEvent> Read(ReadOnlyMemory<byte> payload, string device, out IReadOnlyList<string> refusals)
    {
        List<OutboxEvent> good = [];
        List<string> bad = [];
        refusals = bad;
        if (payload.Length > Topics.PayloadBytesMax)
        {
            bad.Add("too-large");
            return good;
        }

        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement is not { ValueKind: JsonValueKind.Array } array || array.GetArrayLength() > EventsMax)
            {
                bad.Add(document.RootElement.ValueKind is JsonValueKind.Array ? "too-many" : "malformed");
                return good;
            }

            foreach (var element in array.EnumerateArray())
            {
                if (Event(element, device, out var refusal) is { } what) good.Add(what);
                else bad.Add(refusal ?? "malformed");
            }
        }
        catch (JsonException)
        {
            bad.Add("malformed");
        }

        return good;
    }

    /// <summary>An event's own JSON: what a consumer keeps.</summary>
    public static byte[] Json(OutboxEvent what) => JsonSerializer.SerializeToUtf8Bytes(CloudEvent.Of(what), Form.CloudEvent);

    /// <summary>Whether two of <see cref="Json"/> are of one event. One that was cut to fit a message is the same as the whole.</summary>
    public static bool IsSame(string json, string other)
    {
        if (json == other) return true;
        if (JsonSerializer.Deserialize(json, Form.CloudEvent) is not { } one || JsonSerializer.Deserialize(other, Form.CloudEvent) is not { } two) return false;

        return (one.Data.Cut is true || two.Data.Cut is true) && Cut(one) == Cut(two);
    }

    static string Cut(CloudEvent what) =>
        JsonSerializer.Serialize(what with { Data = what.Data with { Remedy = null, More = null, Cut = true } }, Form.CloudEvent);

    static OutboxEvent? Event(JsonElement element, string device, out string? refusal)
    {
        refusal = null;
        try
        {
            return element.Deserialize(Form.CloudEvent) is { Data: not null, Type: not null } one ? one.ToEvent(device, out refusal) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // a lone surrogate is the latter
        {
            return null;
        }
    }
}

using System.Text;
using EdgeFace.Consumer;
using EdgeFace.Tests.Delivery;
using EdgeFace.Wire;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class EventIntakeTests : IDisposable
{
    const string Device = SomeEvents.Device;

    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    readonly SigningKey _key = SigningKey.Create();
    readonly MemoryVault _vault = new();
    readonly List<string> _steps = [];
    readonly HoleWatch _holes;
    readonly EventIntake _intake;
    bool _diskTakes = true;

    public EventIntakeTests()
    {
        _holes = new HoleWatch(_vault.Holes, EventIntake.With(_key), _time);
        _intake = new EventIntake(Keep, Sign, _time) { Holes = _holes };
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_batch_is_kept_first_and_then_receipted_under_the_key()
    {
        var receipt = Opened(Take(SomeEvents.Of((1, 4), (1, 5), (1, 6), (1, 9), (2, 10))));

        Assert.Equal(["keep", "sign"], _steps);
        Assert.Equal((Device, _time.GetUtcNow()), (receipt.Device, receipt.At));
        Assert.Equal([new SeqRange(1, 4, 6), new SeqRange(1, 9, 9), new SeqRange(2, 10, 10)], receipt.Ranges);
    }

    [Fact]
    public void What_the_disk_did_not_take_has_no_receipt_and_is_taken_when_it_comes_again()
    {
        var events = SomeEvents.Of((1, 1), (1, 2));
        _diskTakes = false;
        Assert.Throws<IOException>(() => Take(events));
        Assert.Equal((0, 0L), (_steps.Count, _intake.Kept));

        _diskTakes = true;

        Assert.Equal([new SeqRange(1, 1, 2)], Opened(Take(events)).Ranges);
        Assert.Equal((2L, 0L, 2), (_intake.Kept, _intake.Again, _vault.Count));
    }

    [Fact]
    public void What_was_there_before_is_receipted_again_and_kept_no_second_time()
    {
        Take(SomeEvents.Of((1, 1), (1, 2)));

        var receipt = Opened(Take(SomeEvents.Of((1, 2), (1, 3), (1, 3))));

        Assert.Equal([new SeqRange(1, 2, 3)], receipt.Ranges);
        Assert.Equal((3L, 2L, 3), (_intake.Kept, _intake.Again, _vault.Count));
    }

    /// <summary>One event that is wrong must not keep those beside it waiting for ever.</summary>
    [Fact]
    public void What_is_wrong_in_a_batch_is_counted_and_left_out_and_the_rest_is_receipted()
    {
        var batch = Json(SomeEvents.Of((1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6))).Split("},{");
        batch[1] = batch[1].Replace("\"1.0\"", "\"2.0\"", StringComparison.Ordinal);
        batch[2] = batch[2].Replace("/edgeface/door-1", "/edgeface/door-2", StringComparison.Ordinal);
        batch[3] = batch[3].Replace("\"seq\":4", "\"seq\":0", StringComparison.Ordinal);
        batch[4] = batch[4].Replace("\"1/5\"", "\"1/6\"", StringComparison.Ordinal);

        var receipt = Opened(_intake.Take(Device, Encoding.UTF8.GetBytes(string.Join("},{", batch))));

        Assert.Equal([new SeqRange(1, 1, 1), new SeqRange(1, 6, 6)], receipt.Ranges);
        Assert.Equal(2, _vault.Count);
        Assert.Equal(
            [("other-device", 1L), ("out-of-range", 1L), ("wrong-id", 1L), ("wrong-version", 1L)], Refused());
    }

    /// <summary>A device may write only its own topic: what it says of another one is not believed.</summary>
    [Fact]
    public void Nothing_good_in_it_is_no_receipt_and_nothing_kept()
    {
        Assert.Null(_intake.Take("door-2", Encoding.UTF8.GetBytes(Json(SomeEvents.Of((1, 1), (1, 2))))));
        Assert.Null(_intake.Take(Device, "no batch"u8.ToArray()));
        Assert.Null(_intake.Take(Device, "{}"u8.ToArray()));
        Assert.Null(_intake.Take(Device, "[]"u8.ToArray()));
        Assert.Null(_intake.Take(Device, "[{},1,null]"u8.ToArray()));
        Assert.Null(_intake.Take(Device, Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("1", 401))}]")));
        Assert.Null(_intake.Take(Device, new byte[Topics.PayloadBytesMax + 1]));

        Assert.Empty(_steps);
        Assert.Equal([("malformed", 5L), ("other-device", 2L), ("too-large", 1L), ("too-many", 1L)], Refused());
    }

    [Fact]
    public void The_receipt_for_the_most_scattered_batch_fits_a_message()
    {
        const long Far = WireLimits.VersionMax - 2 * EventBatch.EventsMax;
        var keys = Enumerable.Range(0, EventBatch.EventsMax).Select(number => new EventKey(Far, Far + 2 * number));
        var receipt = new Receipt(new string('d', 64), SeqRange.Of(keys), _time.GetUtcNow());

        Assert.Equal(EventBatch.EventsMax, receipt.Ranges.Length);
        Assert.InRange(Sign(Receipt.Type, receipt.ToJson()).Length, 1, Topics.PayloadBytesMax);
    }

    [Fact]
    public void Holes_are_looked_for_only_when_something_new_has_come()
    {
        Take(SomeEvents.Of((1, 1), (1, 3)));
        _time.Advance(TimeSpan.FromSeconds(29));
        Take(SomeEvents.Of((1, 1), (1, 3))); // repeated: nothing has filled the hole
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Device, Assert.Single(_holes.Due()).Device);
    }

    int Keep(IReadOnlyList<OutboxEvent> events)
    {
        if (!_diskTakes) throw new IOException("The disk is full.");
        _steps.Add("keep");
        return _vault.Keep(events);
    }

    string Sign(string type, byte[] payload)
    {
        _steps.Add("sign");
        return SignedText.Sign(type, payload, _key);
    }

    string? Take(OutboxEvent[] events) => _intake.Take(Device, Encoding.UTF8.GetBytes(Json(events)));

    Receipt Opened(string? text)
    {
        var bytes = Encoding.ASCII.GetBytes(text ?? "");
        Assert.True(SignedText.TryOpen(bytes, Receipt.Type, _ => _key.Public, out var payload, out _));
        return Receipt.Parse(payload) ?? throw new InvalidOperationException("It is no receipt.");
    }

    (string, long)[] Refused() => [.. _intake.Refused.OrderBy(each => each.Key).Select(each => (each.Key, each.Value))];

    static string Json(OutboxEvent[] events) => Encoding.UTF8.GetString(EventBatch.Write(events, 61_440, out _));
}

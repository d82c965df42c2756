using EdgeFace.Consumer;
using EdgeFace.Tests.Delivery;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Consumer;

public sealed class GalleryPressTests : IDisposable
{
    readonly PushBed _bed = new();

    [Fact]
    public void Every_message_of_a_push_fits_and_none_says_who_is_in_it()
    {
        var people = _bed.People(200, values: 512);
        var push = _bed.Press.Full(people, 1, _bed.Audience);

        Assert.True(push.Chunks.Count >= 9);
        Assert.All(push.Messages(), message =>
        {
            Assert.InRange(message.Payload.Length, 1, Topics.PayloadBytesMax);
            Assert.Equal(-1, message.Payload.Span.IndexOf("Person "u8));
        });
        var plain = people.Select(record => record.ValuesOf(0)[..16].ToArray()).ToArray();
        Assert.DoesNotContain(push.Chunks, chunk => plain.Any(values => chunk.AsSpan().IndexOf(values) >= 0));
    }

    [Fact]
    public void A_manifest_of_450_chunks_fits_for_a_hundred_devices_and_one_that_does_not_says_what_to_do()
    {
        var audience = Enumerable.Range(0, 100).Select(i => new PressRecipient($"door-{i:D4}", _bed.Audience[0].SealingKey)).ToArray();
        var people = _bed.People(1_240, values: 4_096);
        var push = _bed.Press.Full(people, 1, audience);
        Assert.InRange(push.Chunks.Count, 440, 470);
        Assert.InRange(push.Text.Length, 1, Topics.PayloadBytesMax);

        var many = Enumerable.Range(0, 200).Select(i => new PressRecipient($"door-{i:D4}", _bed.Audience[0].SealingKey)).ToArray();
        var fault = Assert.Throws<FormatException>(() => _bed.Press.Full(people, 1, many));
        Assert.Contains("fewer devices", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_is_the_same_however_one_came_there()
    {
        var before = _bed.People(5);
        var after = before.Skip(2).Reverse().Append(_bed.Person()).ToArray();
        var (delta, full) = (_bed.Press.Delta(before, 1, after, 2, _bed.Audience), _bed.Press.Full([.. after.Reverse()], 2, _bed.Audience));

        Assert.True(delta.Manifest.State.Is(full.Manifest.State));
        Assert.False(delta.Manifest.State.Is(GalleryPress.StateOf(before, 2)));
    }

    [Fact]
    public void A_record_reads_as_it_was_written_and_a_changed_one_not_at_all()
    {
        var record = _bed.Person(values: 128);
        ReadOnlyMemory<byte> content = record.ToBytes();
        var (read, _) = PersonRecord.Read(ref content);
        Assert.True(content.IsEmpty);
        Assert.Equal(record.Digest, read?.Digest);

        var bytes = record.ToBytes();
        for (var length = 0; length < bytes.Length; length += 7)
        {
            ReadOnlyMemory<byte> cut = bytes.AsMemory(0, length);
            Assert.Throws<FormatException>(() => PersonRecord.Read(ref cut));
        }
    }

    [Fact]
    public void A_report_is_answered_with_what_helps_and_with_nothing_else()
    {
        var people = _bed.People(2);
        var (full, delta) = (_bed.Press.Full(people, 1, _bed.Audience), _bed.Press.Delta(people, 1, _bed.People(1), 2, _bed.Audience));
        var report = _bed.Report();
        Assert.NotNull(report);
        Assert.True(report.WantsFull);
        Assert.Empty(delta.Answer(report));
        Assert.Equal(2, full.Answer(report).Count());

        _bed.Send(full);
        report = GalleryReport.Parse((_bed.Report() ?? report).ToJson());
        Assert.NotNull(report);
        Assert.Empty(full.Answer(report));
        Assert.Equal(2, delta.Answer(report).Count());
    }

    public void Dispose() => _bed.Dispose();
}

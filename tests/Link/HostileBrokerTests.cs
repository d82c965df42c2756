using System.Collections.Concurrent;
using EdgeFace.Link;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Link;

/// <summary>Brokers that err, lie, or say nothing: each ends the connection with its reason, and the link goes on.</summary>
public sealed class HostileBrokerTests
{
    /// <summary>PUBLISH of 256 MB less one byte.</summary>
    static readonly byte[] Huge = [0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00];

    [Fact]
    public async Task A_packet_of_256_MB_is_not_made_room_for()
    {
        await using var broker = new HostileBroker((first, body) =>
            (first & 0xF0) == 0x80 ? [.. HostileBroker.Right(first, body) ?? [], .. Huge] : HostileBroker.Right(first, body));
        var before = GC.GetTotalAllocatedBytes();
        await using var link = Run(broker);

        var state = await link.ReasonAsync("packet-too-large");

        Assert.Contains("268435455", state.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100_000_000);
    }

    [Theory]
    [InlineData("packet-too-large", new byte[] { 0x20, 0xFF, 0xFF, 0xFF, 0x7F })]
    [InlineData("malformed-packet", new byte[] { 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData("malformed-packet", new byte[] { 0xD0, 0x00 })]
    [InlineData("malformed-packet", new byte[] { 0x00, 0x00 })]
    [InlineData("malformed-packet", new byte[] { 0xF0, 0x02, 0x00, 0x00 })]
    [InlineData("refused-credentials", new byte[] { 0x20, 0x03, 0x00, 0x86, 0x00 })]
    [InlineData("refused-not-authorised", new byte[] { 0x20, 0x03, 0x00, 0x87, 0x00 })]
    [InlineData("refused-identifier", new byte[] { 0x20, 0x03, 0x00, 0x85, 0x00 })]
    [InlineData("refused-busy", new byte[] { 0x20, 0x03, 0x00, 0x89, 0x00 })]
    [InlineData("closed", new byte[] { })]
    public async Task An_answer_to_the_first_packet_is_told_as_what_it_is(string reason, byte[] answer)
    {
        await using var broker = new HostileBroker((_, _) => answer);
        await using var link = Run(broker, options => options with { Protocol = MqttVersion.V5 });

        await link.ReasonAsync(reason);
        await Eventually.TrueAsync(() => broker.Connections > 1); // and it tries again
    }

    /// <summary>Version 3.1.1 has no reason for a refused message: a device must not be brought there by one reset.</summary>
    [Fact]
    public async Task A_network_that_closes_once_costs_no_version()
    {
        var levels = new ConcurrentQueue<byte>();
        await using var broker = new HostileBroker((first, body) =>
        {
            if ((first & 0xF0) != 0x10) return HostileBroker.Right(first, body);

            levels.Enqueue(body[6]);
            return levels.Count == 1 ? [] : HostileBroker.ConnAck;
        });
        await using var link = Run(broker);

        await link.OnlineAsync();

        Assert.Equal<byte>([5, 5], levels);
    }

    [Fact]
    public async Task A_broker_that_closes_on_version_5_is_spoken_to_in_3_1_1_and_asked_again_after_a_connection()
    {
        var levels = new ConcurrentQueue<byte>();
        var said = 0;
        await using var broker = new HostileBroker((first, body) =>
        {
            if ((first & 0xF0) == 0x30 && Interlocked.Increment(ref said) == 2) return [];
            if ((first & 0xF0) != 0x10) return RightIn311(first, body);

            levels.Enqueue(body[6]);
            return body[6] == 5 ? [] : [0x20, 0x02, 0x00, 0x00];
        });
        await using var link = Run(broker);

        await link.OnlineAsync();
        await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray())));
        await Eventually.TrueAsync(() => levels.Count >= 6 && link.Link.State.Status is LinkStatus.Online, instead: link.Said);

        Assert.Equal<byte>([5, 5, 5, 4], levels.Take(4));
        Assert.Equal<byte>([5, 4], levels.Skip(4).Take(2));
    }

    [Fact]
    public async Task A_broker_s_limit_is_kept_to_and_said()
    {
        byte[] small = [0x20, 0x08, 0x00, 0x00, 0x05, 0x27, 0x00, 0x00, 0x03, 0xE8];
        await using var broker = new HostileBroker((first, body) => (first & 0xF0) == 0x10 ? small : HostileBroker.Right(first, body));
        await using var link = Run(broker);
        await link.OnlineAsync();

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, new byte[1_000])));

        Assert.Equal(LinkFault.TooLarge, fault.Fault);
        Assert.Equal(1, broker.Connections);
        await link.SendAsync(new UpMessage(UpChannel.Events, new byte[900]));
    }

    static byte[]? RightIn311(byte first, byte[] body) => (first & 0xF0) switch
    {
        0x80 => [0x90, 0x03, body[0], body[1], 0x01],
        0x30 => [0x40, 0x02, .. HostileBroker.PubAck(body)[2..4]],
        _ => HostileBroker.Right(first, body),
    };

    [Fact]
    public async Task A_web_server_is_no_broker()
    {
        await using var broker = new HostileBroker((_, _) => "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        await using var link = Run(broker);

        await Eventually.TrueAsync(() => link.States.Any(state => state.Reason is "malformed-packet" or "packet-too-large"), instead: link.Said);
    }

    [Fact]
    public async Task A_broker_that_knows_only_the_older_MQTT_is_spoken_to_in_it()
    {
        await using var broker = new HostileBroker((first, body) => (first & 0xF0) switch
        {
            0x10 when body[6] == 5 => [0x20, 0x02, 0x00, 0x01],
            0x10 => [0x20, 0x02, 0x00, 0x00],
            0x80 => [0x90, 0x03, body[0], body[1], 0x01],
            0x30 => [0x40, 0x02, .. HostileBroker.PubAck(body)[2..4]],
            _ => HostileBroker.Right(first, body),
        });
        await using var link = Run(broker);

        await link.OnlineAsync();
        await using var only = Run(broker, options => options with { Protocol = MqttVersion.V5 });
        await Eventually.TrueAsync(() => only.States.Any(state => state.Status is LinkStatus.Offline));
    }

    [Fact]
    public async Task Silence_after_the_first_packet_ends_in_time()
    {
        await using var broker = new HostileBroker((_, _) => null);
        await using var link = Run(broker, options => options with { ConnectTimeoutSeconds = 1 });

        Assert.Contains("connect_timeout_seconds", (await link.ReasonAsync("timeout")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((byte)0x87)]
    [InlineData((byte)0x80)]
    [InlineData((byte)0x00)]
    public async Task A_subscription_that_is_not_granted_is_no_connection(byte granted)
    {
        await using var broker = new HostileBroker((first, body) =>
            (first & 0xF0) == 0x80 ? [0x90, 0x04, body[0], body[1], 0x00, granted] : HostileBroker.Right(first, body));
        await using var link = Run(broker);

        Assert.Contains("edgeface/1/door-1/down/+", (await link.ReasonAsync("denied-subscription")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(link.States, state => state.Status is LinkStatus.Online);
    }

    [Fact]
    public async Task A_message_that_is_never_acknowledged_ends_the_connection_and_its_sender_hears_it()
    {
        var first = true;
        await using var broker = new HostileBroker((head, body) =>
            (head & 0xF0) == 0x30 && !Interlocked.Exchange(ref first, false) ? null : HostileBroker.Right(head, body));
        await using var link = Run(broker, options => options with { AckTimeoutSeconds = 1 });
        await link.OnlineAsync();

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray())));

        Assert.Equal(LinkFault.Unanswered, fault.Fault);
        await link.ReasonAsync("timeout");
    }

    [Theory]
    [InlineData((byte)0x87, LinkFault.Denied, "NotAuthorized")]
    [InlineData((byte)0x97, LinkFault.Denied, "QuotaExceeded")]
    [InlineData((byte)0x99, LinkFault.Denied, "PayloadFormatInvalid")]
    [InlineData((byte)0x80, LinkFault.Unanswered, "UnspecifiedError")]
    public async Task A_refused_message_is_an_error_with_its_reason(byte reason, LinkFault expected, string name)
    {
        var first = true;
        await using var broker = new HostileBroker((head, body) => (head & 0xF0) == 0x30 && !Interlocked.Exchange(ref first, false)
            ? HostileBroker.PubAck(body, reason) : HostileBroker.Right(head, body));
        await using var link = Run(broker);
        await link.OnlineAsync();

        var fault = await Assert.ThrowsAsync<LinkException>(() => link.SendAsync(new UpMessage(UpChannel.Events, "[]"u8.ToArray())));

        Assert.Equal(expected, fault.Fault);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.Equal(LinkStatus.Online, link.Link.State.Status);
    }

    [Fact]
    public async Task An_acknowledgement_of_nothing_ends_the_connection()
    {
        await using var broker = new HostileBroker((head, body) =>
            (head & 0xF0) == 0x80 ? [.. HostileBroker.Right(head, body) ?? [], 0x40, 0x02, 0x77, 0x77] : HostileBroker.Right(head, body));
        await using var link = Run(broker);

        await link.ReasonAsync("malformed-packet");
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_packet_is_a_broken_connection()
    {
        var halves = 0;
        await using var broker = new HostileBroker((head, body) => (head & 0xF0) switch
        {
            0x80 => [.. HostileBroker.Right(head, body) ?? [], 0x30, 0x50, 0x00, 0x10],
            0x30 => Interlocked.Increment(ref halves) > 0 ? [] : null,
            _ => HostileBroker.Right(head, body),
        });
        await using var link = Run(broker);

        await link.ReasonAsync("closed");
        await Eventually.TrueAsync(() => broker.Connections > 1);
    }

    [Fact]
    public async Task A_flood_of_messages_for_others_fills_no_memory()
    {
        byte[] one = [0x30, 0x18, 0x00, 0x15, .. "edgeface/1/x/down/xyz"u8, 0x00];
        byte[] flood = [.. Enumerable.Repeat(one, 20_000).SelectMany(each => each)];
        await using var broker = new HostileBroker((head, body) =>
            (head & 0xF0) == 0x80 ? [.. HostileBroker.Right(head, body) ?? [], .. flood] : HostileBroker.Right(head, body));
        await using var link = Run(broker);

        await Eventually.TrueAsync(() => link.Link.Ignored == 20_000, instead: link.Said);
        Assert.Empty(link.Received);
    }

    static RunningLink Run(HostileBroker broker, Func<MqttLinkOptions, MqttLinkOptions>? change = null)
    {
        var options = new MqttLinkOptions("127.0.0.1", broker.Port, Tls: false, BackoffSecondsMin: 0.1, BackoffSecondsMax: 1);
        return new RunningLink(new MqttLink(change?.Invoke(options) ?? options, "door-1", TimeProvider.System, () => true));
    }
}

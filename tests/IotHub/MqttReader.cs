using System.Text;

namespace EdgeFace.Tests.IotHub;

/// <summary>Whoever speaks MQTT 3.1.1 wrongly is disconnected: what it did stands in the message.</summary>
sealed class ProtocolException(string message) : Exception(message);

/// <summary>A control packet as it came: its first byte, and what follows its length (MQTT 3.1.1, 2.2).</summary>
readonly record struct MqttPacket(byte First, byte[] Body)
{
    public int Kind => First >> 4;

    public int Flags => First & 0x0F;

    /// <summary>Null at the end of the stream.</summary>
    public static async Task<MqttPacket?> ReadAsync(Stream from, int bytesMax, CancellationToken stop)
    {
        var one = new byte[1];
        if (await from.ReadAtLeastAsync(one, 1, throwOnEndOfStream: false, stop) == 0) return null;

        var (first, length, shift) = (one[0], 0, 0);
        do
        {
            if (shift > 21) throw new ProtocolException("A remaining length of more than four bytes.");
            await from.ReadExactlyAsync(one, stop);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while ((one[0] & 0x80) != 0);

        if (length > bytesMax) throw new ProtocolException($"A packet of {length} bytes; at most {bytesMax} are taken.");
        var body = new byte[length];
        await from.ReadExactlyAsync(body, stop);
        return new(first, body);
    }

    public static byte[] Write(byte first, params ReadOnlySpan<byte> body)
    {
        var packet = new List<byte> { first };
        var left = body.Length;
        do
        {
            packet.Add((byte)((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
            left >>= 7;
        }
        while (left > 0);

        return [.. packet, .. body];
    }

    public static byte[] Publish(string topic, byte[] payload, int quality, ushort number, bool again = false)
    {
        var name = Encoding.UTF8.GetBytes(topic);
        return Write((byte)(0x30 | quality << 1 | (again ? 8 : 0)),
            [(byte)(name.Length >> 8), (byte)name.Length, .. name, .. quality > 0 ? Number(number) : [], .. payload]);
    }

    public static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];
}

/// <summary>Reads the fields of a packet's body, and nothing behind its end.</summary>
sealed class MqttFields(byte[] body)
{
    int _at;

    public bool AtEnd => _at == body.Length;

    public byte Byte() => _at < body.Length ? body[_at++] : throw new ProtocolException("A packet ends too soon.");

    public ushort Number() => (ushort)(Byte() << 8 | Byte());

    public byte[] Bytes()
    {
        int length = Number();
        if (_at + length > body.Length) throw new ProtocolException("A field is longer than its packet.");
        _at += length;
        return body[(_at - length).._at];
    }

    public string Text()
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolException("A text that is no UTF-8.");
        }
    }

    public byte[] Rest() => body[_at..];
}

/// <summary>CONNECT (MQTT 3.1.1, 3.1).</summary>
sealed record MqttConnect(
    string ClientId, bool CleanSession, int KeepAliveSeconds, string? WillTopic, byte[] WillPayload, int WillQuality, bool WillRetain, string? User, string? Password)
{
    public static MqttConnect Read(MqttPacket packet)
    {
        if (packet is not { Kind: 1, Flags: 0 }) throw new ProtocolException("The first packet is no CONNECT.");
        var fields = new MqttFields(packet.Body);
        if (fields.Text() != "MQTT" || fields.Byte() != 4) throw new ProtocolException("Not MQTT 3.1.1.");

        int flags = fields.Byte();
        if ((flags & 1) != 0) throw new ProtocolException("The reserved flag of CONNECT is set.");
        var (alive, id) = (fields.Number(), fields.Text());
        var hasWill = (flags & 4) != 0;
        var (topic, payload) = hasWill ? (fields.Text(), fields.Bytes()) : (null, []);
        var user = (flags & 0x80) != 0 ? fields.Text() : null;
        var password = (flags & 0x40) != 0 ? fields.Text() : null;
        if (!fields.AtEnd) throw new ProtocolException("There is more behind CONNECT.");
        return new(id, (flags & 2) != 0, alive, topic, payload, flags >> 3 & 3, (flags & 0x20) != 0, user, password);
    }
}

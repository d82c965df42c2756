namespace EdgeFace.Link;

/// <summary>
/// Reads along what the other side sends and stops at the first packet that says it is larger than allowed, before anybody
/// makes room for it: the length stands in its first bytes (MQTT 5, 2.1.4), and 256 MB are a legal one.
/// </summary>
/// <param name="packetBytesMax">The largest body of a packet.</param>
sealed class PacketGuard(int packetBytesMax)
{
    const int LengthBytesMax = 4;

    /// <summary>Bytes of the packet's length that were read; -1 before its first byte.</summary>
    int _read = -1;
    int _length;
    int _bodyLeft;

    /// <exception cref="BrokenLinkException">The packet that begins here is too large, or its length has no end.</exception>
    public void Pass(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_bodyLeft > 0)
            {
                var body = Math.Min(_bodyLeft, bytes.Length);
                _bodyLeft -= body;
                bytes = bytes[body..];
                continue;
            }

            Take(bytes[0]);
            bytes = bytes[1..];
        }
    }

    void Take(byte next)
    {
        if (_read < 0)
        {
            if (!IsFirst(next)) throw new BrokenLinkException("malformed-packet", $"A packet begins with the byte 0x{next:X2}: this is no MQTT. Is it the right port?");

            (_read, _length) = (0, 0);
            return;
        }

        _length |= (next & 0x7F) << (7 * _read++);
        if ((next & 0x80) != 0)
        {
            if (_read < LengthBytesMax) return;

            throw new BrokenLinkException("malformed-packet", $"A packet came whose length has more than {LengthBytesMax} bytes: this is no MQTT.");
        }

        if (_length > packetBytesMax)
        {
            throw new BrokenLinkException("packet-too-large",
                $"A packet of {_length} bytes was announced; at most {packetBytesMax} are taken. Something else than a hub of this protocol sends to this device.");
        }

        (_bodyLeft, _read) = (_length, -1);
    }

    /// <summary>Its kind, and the flags that this kind has (MQTT 5, 2.1.3).</summary>
    static bool IsFirst(byte first) => (first >> 4, first & 0x0F) switch
    {
        (0, _) => false,
        (3, _) => true, // PUBLISH: repeated, QoS, retained
        (6 or 8 or 10, var flags) => flags == 2, // PUBREL, SUBSCRIBE, UNSUBSCRIBE
        (_, var flags) => flags == 0,
    };
}

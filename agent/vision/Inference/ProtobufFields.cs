namespace EdgeFace.Inference;

/// <summary>The fields of one protobuf message, one after the other, none of them built.</summary>
ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    readonly ReadOnlySpan<byte> _message = message;
    ReadOnlySpan<byte> _rest = message;

    public ProtobufField Current { get; private set; }

    public readonly ProtobufFields GetEnumerator() => this;

    /// <exception cref="FormatException">It is no message.</exception>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;

        var start = _message.Length - _rest.Length;
        var tag = Varint();
        var number = (int)(tag >> 3);
        ulong value = 0;
        ReadOnlySpan<byte> content = default;
        switch (tag & 7)
        {
            case 0:
                value = Varint();
                break;
            case 1:
                content = Take(8);
                break;
            case 2:
                content = Take(Varint());
                break;
            case 5:
                content = Take(4);
                break;
            default:
                throw new FormatException($"no field has the wire type {tag & 7}.");
        }

        Current = new ProtobufField(number, value, content, start..(_message.Length - _rest.Length));
        return true;
    }

    ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length) throw new FormatException("it ends in the middle of a field.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    /// <summary>What is left, as numbers one behind the other.</summary>
    public long[] Packed()
    {
        var numbers = new List<long>();
        while (!_rest.IsEmpty) numbers.Add((long)Varint());
        return [.. numbers];
    }

    ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new FormatException("a number is longer than 64 bits.");
    }
}

/// <summary>A field's number with the value of a number or the bytes of a message, and where in its message it stands, tag and all.</summary>
readonly ref struct ProtobufField(int number, ulong value, ReadOnlySpan<byte> content, Range at)
{
    readonly ReadOnlySpan<byte> _content = content;

    public int Number => number;

    public ulong Value => value;

    public ReadOnlySpan<byte> Content => _content;

    public Range At => at;

    /// <summary>Of a repeated number: this one, or all that are packed here.</summary>
    public long[] Numbers() => _content.IsEmpty ? [(long)value] : new ProtobufFields(_content).Packed();

    public void Deconstruct(out int field, out ulong scalar, out ReadOnlySpan<byte> bytes)
    {
        field = number;
        scalar = value;
        bytes = _content;
    }
}

using System.Buffers;
using System.Text;

namespace EdgeFace.Inference;

/// <summary>A protobuf message that is being written.</summary>
sealed class ProtobufMessage
{
    readonly ArrayBufferWriter<byte> _written = new();

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    public ProtobufMessage Number(int field, ulong value)
    {
        Varint((ulong)field << 3);
        Varint(value);
        return this;
    }

    public ProtobufMessage Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    /// <summary>A text, a message or any other thing of a length.</summary>
    public ProtobufMessage Bytes(int field, ReadOnlySpan<byte> content)
    {
        Head(field, content.Length);
        _written.Write(content);
        return this;
    }

    /// <summary>Of a field whose content follows by another way.</summary>
    public ProtobufMessage Head(int field, int length)
    {
        Varint((ulong)field << 3 | 2);
        Varint((ulong)length);
        return this;
    }

    /// <summary>Whole fields, tags and all, as they stood in another message.</summary>
    public ProtobufMessage Fields(ReadOnlySpan<byte> fields)
    {
        _written.Write(fields);
        return this;
    }

    void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _written.Write([(byte)(value | 0x80)]);
        _written.Write([(byte)value]);
    }
}

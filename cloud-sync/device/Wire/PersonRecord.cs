using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace EdgeFace.Wire;

/// <summary>
/// A person as bytes: how long the text is and how long the values are (four bytes each, little-endian), the text as JSON
/// (<see cref="RecordText"/>), then the values of all templates in their order, fp32 little-endian.
/// </summary>
sealed class PersonRecord
{
    public const int FrameBytes = 8;
    public const int TextBytesMax = 65_536;
    const int ValuesBytesMax = PushedPerson.TemplatesMax * PushedTemplate.ValuesMax * sizeof(float);

    readonly ReadOnlyMemory<byte> _values;

    PersonRecord(PushedPerson person, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> values)
    {
        (Person, Text, _values) = (person, text, values);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(text.Span);
        hash.AppendData(values.Span);
        Digest = hash.GetHashAndReset();
    }

    public PushedPerson Person { get; }

    /// <summary>SHA-256 over text and values, as they are sent.</summary>
    public byte[] Digest { get; }

    public int Bytes => FrameBytes + Text.Length + _values.Length;

    ReadOnlyMemory<byte> Text { get; }

    /// <param name="person">Whose templates say how many values each has.</param>
    /// <param name="values">fp32 little-endian, of all templates in their order; not copied.</param>
    /// <exception cref="FormatException">A rule is broken; the message names nobody.</exception>
    public static PersonRecord Of(PushedPerson person, ReadOnlyMemory<byte> values)
    {
        Ensure(person.Fault() ?? FaultOf(person, values.Length));
        var text = JsonSerializer.SerializeToUtf8Bytes(new RecordText(person), RecordJson.Default.RecordText);
        return text.Length <= TextBytesMax
            ? new PersonRecord(person, text, values)
            : throw new FormatException($"A person's text has at most {TextBytesMax} bytes; this one has {text.Length}.");
    }

    /// <summary>Of one template, fp32 little-endian.</summary>
    public ReadOnlySpan<byte> ValuesOf(int template) => _values.Span.Slice(
        Person.Templates.Take(template).Sum(each => each.Values) * sizeof(float), Person.Templates[template].Values * sizeof(float));

    public byte[] ToBytes() => Framed(Text.Span, _values.Span);

    /// <summary>The record of a delta that says that somebody is to be erased.</summary>
    public static byte[] Removal(string id) =>
        Framed(JsonSerializer.SerializeToUtf8Bytes(new RecordText(Removed: id), RecordJson.Default.RecordText), []);

    /// <summary>Reads the record at the beginning, and moves on behind it.</summary>
    /// <returns>A person, or the id of somebody who is to be erased.</returns>
    /// <exception cref="FormatException">It is none. The message quotes nothing of it.</exception>
    public static (PersonRecord? Person, Guid Removed) Read(ref ReadOnlyMemory<byte> content)
    {
        var (texts, values) = Lengths(content.Span);
        var text = content.Slice(FrameBytes, texts);
        var numbers = content.Slice(FrameBytes + texts, values);
        content = content[(FrameBytes + texts + values)..];
        RecordText? read;
        try
        {
            read = JsonSerializer.Deserialize(text.Span, RecordJson.Default.RecordText);
        }
        catch (JsonException)
        {
            // What is wrong may be a name: it is not repeated.
            throw new FormatException("The text of a person's record is not as the protocol says.");
        }

        if (read is { Removed: { } id, Person: null } && PushedPerson.IsId(id) && values == 0) return (null, Guid.ParseExact(id, "N"));
        if (read is not { Person: { } person, Removed: null }) throw new FormatException("A record is of a person or of a removal.");

        Ensure(person.Fault() ?? FaultOf(person, values));
        return (new PersonRecord(person, text, numbers), default);
    }

    static (int Text, int Values) Lengths(ReadOnlySpan<byte> content)
    {
        if (content.Length < FrameBytes) throw new FormatException("The content ends within a record.");

        var text = BinaryPrimitives.ReadUInt32LittleEndian(content);
        var values = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]);
        return text <= TextBytesMax && values <= ValuesBytesMax && FrameBytes + text + values <= content.Length
            ? ((int)text, (int)values)
            : throw new FormatException("A record is longer than it may be, or than what is there.");
    }

    static byte[] Framed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> values)
    {
        var bytes = new byte[FrameBytes + text.Length + values.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, text.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), values.Length);
        text.CopyTo(bytes.AsSpan(FrameBytes));
        values.CopyTo(bytes.AsSpan(FrameBytes + text.Length));
        return bytes;
    }

    static string? FaultOf(PushedPerson person, int bytes) =>
        person.Templates.Sum(each => each.Values) * sizeof(float) == bytes ? null : "A person's values are not as many as his templates say.";

    static void Ensure(string? fault)
    {
        if (fault is not null) throw new FormatException(fault);
    }
}

using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace EdgeFace.Documents;

/// <summary>
/// Reads JSON, with comments and trailing commas, into nodes that know their lines. What is no JSON ends the reading; a
/// key given twice is a fault of its own and the reading goes on.
/// </summary>
sealed class DocumentReader(byte[] bytes, List<DocumentFault> faults)
{
    public const int DepthMax = 32;

    readonly DocumentLines _lines = new(bytes);

    /// <summary>Null when it is no JSON.</summary>
    public DocumentNode? Read()
    {
        if (!Utf8.IsValid(bytes))
        {
            faults.Add(new DocumentFault(0, 0, "$", "the text is no UTF-8; save it as UTF-8"));
            return null;
        }

        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = DepthMax,
        });
        try
        {
            reader.Read();
            var root = Value(ref reader, "$");
            while (reader.Read())
            {
                // A second value throws; this only looks for it.
            }

            return root;
        }
        catch (JsonException e)
        {
            var (line, column) = _lines.At((int)(e.LineNumber ?? 0), (int)(e.BytePositionInLine ?? 0));
            faults.Add(new DocumentFault(line, column, "$", $"this is no JSON: {Sentence(e.Message)}"));
            return null;
        }
    }

    DocumentNode Value(ref Utf8JsonReader reader, string path)
    {
        var (line, column) = _lines.At(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var node = new DocumentNode(NodeKind.Map, "", line, column, path);
                while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName) Member(ref reader, node);
                return node;
            case JsonTokenType.StartArray:
                var list = new DocumentNode(NodeKind.List, "", line, column, path);
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                    list.Items.Add(Value(ref reader, $"{path}[{list.Items.Count}]"));
                return list;
            case JsonTokenType.String:
                return new DocumentNode(NodeKind.Text, TextOf(ref reader, line, column, path), line, column, path);
            case JsonTokenType.Number:
                return new DocumentNode(
                    NodeKind.Number, Encoding.UTF8.GetString(reader.ValueSpan), line, column, path);
            case JsonTokenType.True or JsonTokenType.False:
                var truth = reader.TokenType is JsonTokenType.True ? "true" : "false";
                return new DocumentNode(NodeKind.Truth, truth, line, column, path);
            default:
                return new DocumentNode(NodeKind.Null, "null", line, column, path);
        }
    }

    void Member(ref Utf8JsonReader reader, DocumentNode parent)
    {
        var (line, column) = _lines.At(reader.TokenStartIndex);
        var key = TextOf(ref reader, line, column, parent.Path);
        reader.Read();
        var value = Value(ref reader, DocumentNode.PathOf(parent.Path, key));
        var member = new DocumentMember(key, line, column, value);
        if (parent.Find(key) is { } first)
            faults.Add(member.Fault($"the key stands twice; line {first.Line} has it already. Keep one"));
        else
            parent.Add(member);
    }

    /// <summary>Half a surrogate pair, as \uD800, is no text.</summary>
    string TextOf(ref Utf8JsonReader reader, int line, int column, string path)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            faults.Add(new DocumentFault(line, column, path, "the text has half a character (a lone surrogate)"));
            return "";
        }
    }

    /// <summary>Without the position, which is said in front, and without the reader's options.</summary>
    static string Sentence(string message) =>
        message.Split(" LineNumber:")[0].Split(" Path:")[0].Split(" Change the reader options")[0];
}

/// <summary>From bytes to lines and columns.</summary>
sealed class DocumentLines
{
    readonly byte[] _bytes;
    readonly List<int> _starts = [0];

    public DocumentLines(byte[] bytes)
    {
        _bytes = bytes;
        for (var i = 0; i < bytes.Length; i++)
            if (bytes[i] == '\n') _starts.Add(i + 1);
    }

    public (int Line, int Column) At(long offset)
    {
        var found = _starts.BinarySearch((int)offset);
        var line = found >= 0 ? found : ~found - 1;
        return At(line, (int)offset - _starts[line]);
    }

    /// <param name="line">From 0.</param>
    /// <param name="byteInLine">From 0.</param>
    public (int Line, int Column) At(int line, int byteInLine)
    {
        var start = _starts[Math.Clamp(line, 0, _starts.Count - 1)];
        var before = _bytes.AsSpan(start, Math.Clamp(byteInLine, 0, _bytes.Length - start));
        var column = 1;
        foreach (var one in before)
            if ((one & 0xC0) != 0x80) column++; // the first byte of each character
        return (line + 1, column);
    }
}

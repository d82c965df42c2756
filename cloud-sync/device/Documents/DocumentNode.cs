using System.Text;

namespace EdgeFace.Documents;

/// <summary>What a value of a document is.</summary>
public enum NodeKind
{
    Null,
    Truth,
    Number,
    Text,
    List,
    Map,
}

/// <summary>A value of a document that knows where it stands.</summary>
/// <param name="kind">What it is.</param>
/// <param name="text">Of a scalar; a number is kept as it was written.</param>
/// <param name="line">From 1.</param>
/// <param name="column">In characters, from 1.</param>
/// <param name="path">From the root.</param>
sealed class DocumentNode(NodeKind kind, string text, int line, int column, string path)
{
    const int ShownMax = 60;

    readonly Dictionary<string, DocumentMember> _byKey = new(StringComparer.Ordinal);

    public NodeKind Kind => kind;

    public string Text => text;

    public int Line => line;

    public int Column => column;

    public string Path => path;

    /// <summary>In the order of the document.</summary>
    public List<DocumentMember> Members { get; } = [];

    public List<DocumentNode> Items { get; } = [];

    public DocumentMember? Find(string key) => _byKey.GetValueOrDefault(key);

    public void Add(DocumentMember member)
    {
        _byKey.Add(member.Key, member);
        Members.Add(member);
    }

    /// <summary>For a sentence: short, and with nothing that could steer a terminal.</summary>
    public string Shown => Kind switch
    {
        NodeKind.Map => "an object",
        NodeKind.List => "a list",
        NodeKind.Text => $"'{Plain(Text)}'",
        _ => Plain(Text),
    };

    public DocumentFault Fault(string what) => new(Line, Column, Path, what);

    /// <summary>By key or index; null when it is not there.</summary>
    public DocumentNode? Step(object step) => step switch
    {
        string key => Find(key)?.Value,
        int index when index >= 0 && index < Items.Count => Items[index],
        _ => null,
    };

    public static string PathOf(string parent, string key) =>
        key.Length is > 0 and <= ShownMax && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            ? $"{parent}.{key}"
            : $"{parent}['{Plain(key)}']";

    public static string Plain(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(ShownMax))
            shown.Append(Rune.IsControl(rune) ? "?" : rune.ToString());
        return text.Length > ShownMax ? shown.Append('…').ToString() : shown.ToString();
    }
}

/// <summary>A key of an object with its value.</summary>
sealed record DocumentMember(string Key, int Line, int Column, DocumentNode Value)
{
    /// <summary>At the key, not at the value.</summary>
    public DocumentFault Fault(string what) => new(Line, Column, Value.Path, what);
}

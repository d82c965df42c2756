using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeFace.Matching;

namespace EdgeFace.Journal;

/// <summary>
/// An event as it is stored and hashed: cut to size, its time in whole microseconds since 1970. What is hashed is what
/// stands in the columns, so a row that was read back gives the same hash or was changed.
/// </summary>
sealed record EventRow(
    long Boot,
    long Seq,
    long At,
    long Priority,
    string Kind,
    string? Door,
    string? Camera,
    byte[]? Subject,
    string? Reason,
    double? Value,
    double? Limit,
    string? Remedy,
    string? More)
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    public static EventRow Of(AccessEvent what, long boot, long seq) => new(
        boot, seq, Microseconds(what.At), (long)what.Priority, Word(what.Kind) ?? "", Word(what.Door), Word(what.Camera),
        what.Subject?.Value.ToByteArray(bigEndian: true), Word(what.Reason), Number(what.Value), Number(what.Limit),
        Clean(what.Remedy, AccessEvent.RemedyMax), MoreOf(what.More));

    public AccessEvent ToEvent() => new(
        Kind, At.ToTime(), Door, Camera, Subject is null ? null : new SubjectId(new Guid(Subject, bigEndian: true)), Reason,
        Value, Limit, Remedy, (EventPriority)Priority, PairsOf(More));

    public static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>SHA-256 (FIPS 180-4) over the hash of the event before and every column, each with its length.</summary>
    public byte[] HashAfter(ReadOnlySpan<byte> previous)
    {
        using var bytes = new MemoryStream(512);
        bytes.WriteByte(1); // the form of what follows
        bytes.Write(previous);
        Put(bytes, Boot);
        Put(bytes, Seq);
        Put(bytes, At);
        Put(bytes, Priority);
        Put(bytes, Kind);
        Put(bytes, Door);
        Put(bytes, Camera);
        Put(bytes, Subject);
        Put(bytes, Reason);
        Put(bytes, Value);
        Put(bytes, Limit);
        Put(bytes, Remedy);
        Put(bytes, More);
        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>What cannot be read is shown as it stands: that it was changed, its hash says.</summary>
    static SortedDictionary<string, string>? PairsOf(string? more)
    {
        if (more is null) return null;
        try
        {
            return JsonSerializer.Deserialize(more, JournalJson.Default.SortedDictionaryStringString);
        }
        catch (JsonException)
        {
            return new() { ["unreadable"] = more };
        }
    }

    static void Put(MemoryStream bytes, long number)
    {
        Span<byte> room = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(room, number);
        bytes.Write(room);
    }

    static void Put(MemoryStream bytes, string? text) => Put(bytes, text is null ? null : Encoding.UTF8.GetBytes(text));

    /// <summary>The length first; -1 is null, so that nothing is not the empty word.</summary>
    static void Put(MemoryStream bytes, byte[]? content)
    {
        Put(bytes, content?.Length ?? -1L);
        bytes.Write(content);
    }

    static void Put(MemoryStream bytes, double? number)
    {
        bytes.WriteByte(number is null ? (byte)0 : (byte)1);
        Put(bytes, BitConverter.DoubleToInt64Bits(number ?? 0));
    }

    /// <summary>SQLite keeps no NaN and no minus zero: what comes back must be what was hashed.</summary>
    static double? Number(double? value) => value is { } number && !double.IsNaN(number) ? number + 0.0 : null;

    static string? Word(string? text) => Clean(text, AccessEvent.WordMax);

    static string? Clean(string? text, int lettersMax)
    {
        if (text is null) return null;
        if (text.Length > lettersMax) text = text[..(lettersMax - 1)] + '…';
        if (!text.Any(IsUnsafe)) return text;
        return new string(Array.ConvertAll(text.ToCharArray(), letter => IsUnsafe(letter) ? ' ' : letter));
    }

    /// <summary>Control characters and what turns the direction of writing; surrogates, since a cut may have halved a pair.</summary>
    static bool IsUnsafe(char letter) => char.IsControl(letter) || char.IsSurrogate(letter)
        || letter is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    /// <summary>Keys in one order, so that the same event always has the same text; whole pairs only.</summary>
    static string? MoreOf(IReadOnlyDictionary<string, string>? more)
    {
        if (more is null || more.Count == 0) return null;

        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var room = AccessEvent.MoreMax;
        foreach (var (key, value) in more.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var (word, words) = (Word(key) ?? "", Clean(value, AccessEvent.RemedyMax) ?? "");
            if ((room -= word.Length + words.Length + 6) < 0) break; // six for the quotes, the colon and the comma
            kept[word] = words;
        }

        return JsonSerializer.Serialize(kept, JournalJson.Lines.SortedDictionaryStringString);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EdgeFace.Journal;

/// <summary>
/// The small states beside the events: what others asked to remember, and the journal's own name, boot and key. Their
/// hash stands in every mark, so a lockout counter that somebody turned back is seen.
/// </summary>
static class JournalStates
{
    public const int BytesMax = 1_048_576;

    /// <summary>What begins so is the journal's own.</summary>
    public const string Own = "journal.";
    public const string Device = "journal.device";
    public const string Id = "journal.id";
    public const string Boot = "journal.boot";
    public const string PublicKey = "journal.key";

    /// <summary>See <see cref="OutboxSum"/>.</summary>
    public const string Outbox = "journal.outbox";

    /// <summary>A mark of this journal has been written into its head file: from then on one is missing where there is none.</summary>
    public const string Headed = "journal.headed";

    /// <summary>The journal was begun in the place of another one whose memory is not known.</summary>
    public const string Lost = "journal.memory-lost";

    public static byte[] Hash(SortedDictionary<string, byte[]> states)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in states)
        {
            Put(hash, Encoding.UTF8.GetBytes(key));
            Put(hash, value);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>What others asked to remember, and whether there was more once: it moves into the next file.</summary>
    public static IEnumerable<KeyValuePair<string, byte[]>> MemoryOf(IEnumerable<KeyValuePair<string, byte[]>> states) =>
        states.Where(state => state.Key == Lost || !IsOwn(state.Key));

    /// <summary>True as long as nobody has remembered anything since: until then, nothing is not what there was.</summary>
    public static bool IsMemoryLost(IReadOnlyDictionary<string, byte[]> states) =>
        states.ContainsKey(Lost) && states.Keys.All(IsOwn);

    static bool IsOwn(string key) => key.StartsWith(Own, StringComparison.Ordinal);

    static void Put(IncrementalHash hash, byte[] content)
    {
        hash.AppendData(BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness((long)content.Length)));
        hash.AppendData(content);
    }

    /// <summary>Null when the states do not name a journal: it is none, or damaged.</summary>
    public static JournalName? NameOf(IReadOnlyDictionary<string, byte[]> states) =>
        states.TryGetValue(Device, out var device) && states.TryGetValue(Id, out var id) && id.Length == 16
            ? new JournalName(Encoding.UTF8.GetString(device), new Guid(id, bigEndian: true)) : null;

    public static long BootOf(IReadOnlyDictionary<string, byte[]> states) =>
        states.TryGetValue(Boot, out var boot) && boot.Length == sizeof(long)
            ? BinaryPrimitives.ReadInt64BigEndian(boot) : 0;

    public static byte[] OfBoot(long boot)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, boot);
        return bytes;
    }
}

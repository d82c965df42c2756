using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Wire;

namespace EdgeFace.Delivery;

/// <summary>
/// The ids of the commands that were done or begun, for as long as one of them could come again. They are on the disk
/// before a command is begun: after a crash it is not done twice, and may not have been done at all.
/// </summary>
/// <param name="kept">What <see cref="ToBytes"/> gave before; null at the first start.</param>
sealed class CommandMemory(byte[]? kept)
{
    public const int CountMax = 1_024;

    readonly Dictionary<string, DateTimeOffset> _ids = Read(kept);

    public bool Has(string id) => _ids.ContainsKey(id);

    /// <summary>Lets go of what has expired; false when still too many are remembered.</summary>
    public bool HasRoom(DateTimeOffset now)
    {
        foreach (var id in _ids.Where(each => each.Value + CommandDocument.Skew < now).Select(each => each.Key).ToArray()) _ids.Remove(id);
        return _ids.Count < CountMax;
    }

    public void Add(CommandDocument command) => _ids[command.Id] = command.Expires;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(_ids, CommandMemoryJson.Default.DictionaryStringDateTimeOffset);

    static Dictionary<string, DateTimeOffset> Read(byte[]? kept)
    {
        try
        {
            return kept is null ? [] : JsonSerializer.Deserialize(kept, CommandMemoryJson.Default.DictionaryStringDateTimeOffset) ?? [];
        }
        catch (JsonException)
        {
            return []; // a state under the journal's signature is whole: this is one of another version
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, DateTimeOffset>))]
sealed partial class CommandMemoryJson : JsonSerializerContext;

using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Journal;
using EdgeFace.Keeping;
using EdgeFace.Wire;

namespace EdgeFace.Hosting;

/// <summary>
/// What of the cloud must never go back: the newest set of trusted keys, and the version of the settings. In a file of its own
/// and in the journal, and the newer of both counts: where one of the two is lost, or an older one was put back, nothing old
/// is taken for new. Safe to use from several threads.
/// </summary>
/// <param name="file">A name in the data folder.</param>
/// <param name="journal">The other place.</param>
sealed class CloudMemory(string file, EventJournal journal)
{
    const string TrustState = "cloud.trust", SettingsState = "cloud.settings";

    readonly Lock _lock = new();

    /// <summary>Null where no set ever came.</summary>
    public TrustedKeys? Trust()
    {
        var (journaled, filed) = (Parse(journal.Recall(TrustState)), Parse(Read().Trust));
        return journaled is null || filed?.Version > journaled.Version ? filed : journaled;
    }

    /// <summary>The version in force; 0: the device's own file is.</summary>
    public long Settings()
    {
        var journaled = journal.Recall(SettingsState) is { Length: sizeof(long) } kept ? BinaryPrimitives.ReadInt64BigEndian(kept) : 0;
        return Math.Max(journaled, Read().Settings);
    }

    /// <summary>On the disk when it returns null; else why it is not.</summary>
    public string? Keep(TrustedKeys trust)
    {
        journal.Remember(TrustState, trust.ToJson());
        return Write(kept => kept with { Trust = trust.ToJson() });
    }

    /// <summary>As <see cref="Keep(TrustedKeys)"/>.</summary>
    public string? Keep(long settings)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, settings);
        journal.Remember(SettingsState, bytes);
        return Write(kept => kept with { Settings = settings });
    }

    string? Write(Func<CloudKept, CloudKept> change)
    {
        try
        {
            lock (_lock) AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(change(Read()), CloudMemoryJson.Default.CloudKept));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"It cannot be kept: {e.Message} Make room; until then it is in force, and asked for again.";
        }
    }

    /// <summary>What is not there or cannot be read is in the journal.</summary>
    CloudKept Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), CloudMemoryJson.Default.CloudKept) ?? new CloudKept();
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return new CloudKept();
        }
    }

    /// <summary>Null where nothing was kept, or another version of the program kept it.</summary>
    static TrustedKeys? Parse(byte[]? json)
    {
        try
        {
            return json is null ? null : TrustedKeys.Parse(json);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <param name="Trust">The set as JSON; null: none came.</param>
/// <param name="Settings">The version; 0: none came.</param>
sealed record CloudKept(byte[]? Trust = null, long Settings = 0);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CloudKept))]
sealed partial class CloudMemoryJson : JsonSerializerContext;

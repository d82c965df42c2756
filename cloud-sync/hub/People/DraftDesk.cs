using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.People;

/// <summary>A photo of an enrolment that is not finished yet.</summary>
/// <param name="Number">In its draft.</param>
/// <param name="File">As the operator calls it.</param>
/// <param name="Words">The gate's verdict.</param>
/// <param name="Seen">A small JPEG.</param>
/// <param name="Template">What is to be kept of it.</param>
sealed record DraftPhoto(int Number, string File, string Words, byte[] Seen, NewTemplate Template)
{
    public override string ToString() => $"photo {Number}";
}

/// <summary>An enrolment that is not finished yet.</summary>
/// <param name="Id">Random.</param>
/// <param name="ConsentAt">When the operator recorded that the person agrees.</param>
/// <param name="ConsentText">To which version.</param>
/// <param name="Photos">Those that can be used.</param>
sealed record Draft(string Id, DateTimeOffset ConsentAt, string ConsentText, IReadOnlyList<DraftPhoto> Photos);

/// <summary>
/// Keeps good photos' templates between two posts of one operator's form: in memory, sealed under a key that is nowhere else, for
/// a quarter of an hour. Bounded: the oldest draft makes room. Safe to use from several threads.
/// </summary>
sealed class DraftDesk : IDisposable
{
    public const int DraftsMax = 200, PhotosMax = 20;

    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    readonly TimeProvider _time;
    readonly CellCipher _cipher;
    readonly Lock _turn = new();
    readonly Dictionary<string, Kept> _drafts = new(StringComparer.Ordinal);
    readonly ITimer _timer;

    public DraftDesk(TimeProvider time)
    {
        _time = time;
        var key = RandomNumberGenerator.GetBytes(CellCipher.KeyBytes);
        _cipher = new CellCipher(key);
        CryptographicOperations.ZeroMemory(key);
        _timer = time.CreateTimer(_ => Forget(), null, Round, Round);
    }

    public int Count
    {
        get { lock (_turn) return _drafts.Count; }
    }

    /// <param name="owner">Nobody else can open it.</param>
    /// <param name="consentText">To which version the person agrees.</param>
    public Draft Begin(string owner, string consentText)
    {
        var kept = new Kept(owner, _time.GetUtcNow(), consentText, _time.GetTimestamp(), []);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (_turn)
        {
            if (_drafts.Count >= DraftsMax) _drafts.Remove(_drafts.MinBy(each => each.Value.TouchedAt).Key);
            _drafts[id] = kept;
        }

        return Opened(id, kept);
    }

    /// <summary>Null: there is none, it is somebody else's, or its time is over.</summary>
    public Draft? Find(string? id, string owner)
    {
        Forget();
        Kept? kept;
        lock (_turn)
        {
            if (id is null || !_drafts.TryGetValue(id, out kept) || kept.Owner != owner) return null;
            _drafts[id] = kept = kept with { TouchedAt = _time.GetTimestamp() };
        }

        return Opened(id, kept);
    }

    /// <summary>One more photo that can be used. False: the draft is gone, or full.</summary>
    public bool Add(string id, string file, PhotoVerdict verdict)
    {
        if (verdict is not { Template: { } template, Seen: { } seen }) return false;

        lock (_turn)
        {
            if (!_drafts.TryGetValue(id, out var kept) || kept.Cells.Count >= PhotosMax) return false;

            var number = kept.Cells.Keys.DefaultIfEmpty().Max() + 1;
            var plain = Pack(file, verdict.Words, seen, template);
            var cell = _cipher.Seal(plain, Place(id, number));
            CryptographicOperations.ZeroMemory(plain);
            kept.Cells.Add(number, cell);
            return true;
        }
    }

    public void Remove(string id, int number)
    {
        lock (_turn) _drafts.GetValueOrDefault(id)?.Cells.Remove(number);
    }

    public void End(string id)
    {
        lock (_turn) _drafts.Remove(id);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _cipher.Dispose();
    }

    void Forget()
    {
        lock (_turn)
        {
            foreach (var id in _drafts.Where(each => _time.GetElapsedTime(each.Value.TouchedAt) >= KeptFor).Select(each => each.Key).ToArray())
                _drafts.Remove(id);
        }
    }

    Draft Opened(string id, Kept kept)
    {
        lock (_turn) // of the cipher, too
        {
            return new Draft(id, kept.ConsentAt, kept.ConsentText, [.. kept.Cells.OrderBy(each => each.Key).Select(each =>
            {
                var plain = new byte[each.Value.Length - CellCipher.Overhead];
                if (!_cipher.TryOpen(each.Value, Place(id, each.Key), plain)) throw new CryptographicException("A draft in memory does not open.");
                return Unpack(each.Key, plain);
            })]);
        }
    }

    static CellPlace Place(string id, int number) => new($"draft.{number}", Guid.ParseExact(id, "N"));

    static byte[] Pack(string file, string words, byte[] seen, NewTemplate template)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(file);
        writer.Write(words);
        writer.Write(template.Model);
        writer.Write(template.Quality);
        writer.Write(template.Captured.UtcTicks);
        writer.Write(template.Values.Length);
        writer.Write(MemoryMarshal.AsBytes(template.Values.AsSpan()));
        writer.Write(seen.Length);
        writer.Write(seen);
        writer.Flush();
        return memory.ToArray();
    }

    static DraftPhoto Unpack(int number, byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain));
        var (file, words, model) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        var (quality, captured) = (reader.ReadSingle(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
        var values = MemoryMarshal.Cast<byte, float>(reader.ReadBytes(reader.ReadInt32() * sizeof(float))).ToArray();
        return new DraftPhoto(number, file, words, reader.ReadBytes(reader.ReadInt32()), new NewTemplate(model, values, quality, captured));
    }

    sealed record Kept(string Owner, DateTimeOffset ConsentAt, string ConsentText, long TouchedAt, Dictionary<int, byte[]> Cells);
}

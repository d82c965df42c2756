using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Keeping;
using Microsoft.Win32.SafeHandles;

namespace EdgeFace.Journal;

/// <summary>
/// The last mark outside the database, in <c>journal.head</c>: a database that was cut, or put back from an older copy,
/// is found out by it. Two places of 512 bytes, written in turns, so that a torn write leaves the one before.
/// </summary>
sealed class HeadFile : IDisposable
{
    const int Places = 2;
    const int PlaceBytes = 512;
    const int DeviceBytesMax = 200;
    static ReadOnlySpan<byte> Magic => "EFHEAD01"u8;

    readonly SafeFileHandle _file;
    int _turn;

    HeadFile(SafeFileHandle file) => _file = file;

    /// <summary>Beside the database: journal.head of journal.db; of a copy X, X.head.</summary>
    public static string PathOf(string database) => database.EndsWith("journal.db", StringComparison.Ordinal)
        ? Path.ChangeExtension(database, "head") : database + ".head";

    /// <exception cref="IOException">It cannot be opened.</exception>
    public static HeadFile Open(string file)
    {
        if (!File.Exists(file)) AtomicFile.WriteIfAbsent(file, new byte[Places * PlaceBytes]);
        var places = Read(file);
        return new HeadFile(File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            // Over the older of the two first.
            _turn = (places[0]?.Mark.Seq ?? -1) > (places[1]?.Mark.Seq ?? -1) ? 1 : 0,
        };
    }

    /// <param name="mark">What was committed.</param>
    /// <param name="name">Whose.</param>
    /// <param name="flush">Down to the disk; otherwise as soon as the system likes.</param>
    public void Write(SignedPoint mark, JournalName name, bool flush)
    {
        Span<byte> place = stackalloc byte[PlaceBytes];
        Fill(place, mark, name);
        RandomAccess.Write(_file, place, _turn * PlaceBytes);
        _turn = 1 - _turn;
        if (flush) RandomAccess.FlushToDisk(_file);
    }

    /// <summary>What stands in both places, no signature looked at yet; null for a place never written, or written badly.</summary>
    public static StoredMark?[] Read(string file)
    {
        var bytes = new byte[Places * PlaceBytes];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return [Parse(bytes.AsSpan(0, PlaceBytes)), Parse(bytes.AsSpan(PlaceBytes))];
    }

    /// <summary>The furthest mark whose signature is good; null when there is none, or no such file.</summary>
    public static StoredMark? Furthest(string file, ECDsa key) => !File.Exists(file) ? null : Furthest(Read(file), key);

    /// <inheritdoc cref="Furthest(string, ECDsa)"/>
    public static StoredMark? Furthest(IEnumerable<StoredMark?> places, ECDsa key) => places
        .Where(place => place is not null && place.Mark.IsSignedBy(key, place.Name)).MaxBy(place => place?.Mark.Seq);

    static void Fill(Span<byte> place, SignedPoint mark, JournalName name)
    {
        place.Clear();
        Magic.CopyTo(place);
        ReadOnlySpan<long> numbers = [mark.Number, mark.Boot, mark.Seq, mark.At];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt64BigEndian(place[(8 + 8 * i)..], numbers[i]);
        mark.Hash.CopyTo(place[40..]);
        mark.States.CopyTo(place[72..]);
        mark.Signature.CopyTo(place[104..]);
        name.Id.ToByteArray(bigEndian: true).CopyTo(place[168..]);
        var device = Encoding.UTF8.GetBytes(name.Device);
        BinaryPrimitives.WriteInt32BigEndian(place[184..], device.Length);
        device.AsSpan(0, Math.Min(device.Length, DeviceBytesMax)).CopyTo(place[188..]);
    }

    static StoredMark? Parse(ReadOnlySpan<byte> place)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(place[184..]);
        if (!place.StartsWith(Magic) || length is < 0 or > DeviceBytesMax) return null;

        var mark = new SignedPoint(
            PointKind.Mark, BinaryPrimitives.ReadInt64BigEndian(place[8..]), BinaryPrimitives.ReadInt64BigEndian(place[16..]),
            BinaryPrimitives.ReadInt64BigEndian(place[24..]), BinaryPrimitives.ReadInt64BigEndian(place[32..]),
            place[40..72].ToArray(), place[72..104].ToArray(), place[104..168].ToArray());
        var device = Encoding.UTF8.GetString(place.Slice(188, length));
        return new StoredMark(mark, new JournalName(device, new Guid(place.Slice(168, 16), bigEndian: true)));
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>A mark as it stands in the head file, and of which journal it is.</summary>
sealed record StoredMark(SignedPoint Mark, JournalName Name);

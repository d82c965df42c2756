using System.Security.Cryptography;
using System.Text;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// Seals what is kept of people: each has a key of his own, sealed under the hub's, so that who is erased can be read by nobody
/// any more, also not from a copy of the rows that was taken before the hub's key is changed. Safe to use from several threads.
/// </summary>
sealed class PersonalSeal : IDisposable
{
    readonly CellCipher _hub;
    readonly Lock _turn = new(); // OpenSSL keeps state in a cipher: two threads at once make one text of two
    readonly byte[] _marks = new byte[CellCipher.KeyBytes];

    /// <param name="key">32 bytes; not kept.</param>
    public PersonalSeal(ReadOnlySpan<byte> key)
    {
        _hub = new CellCipher(key);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, _marks, [], "edgeface hub marks 1"u8);
    }

    /// <summary>Reads the hub's key, or makes it where there is none.</summary>
    /// <exception cref="StoreException">It is not 32 bytes, or others may read it.</exception>
    public static PersonalSeal Open(string file)
    {
        var key = KeyFile.ReadOrMake(file, "the key of all templates");
        try
        {
            return new PersonalSeal(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>A new person's key, sealed.</summary>
    public byte[] NewKey(Guid person)
    {
        var key = RandomNumberGenerator.GetBytes(CellCipher.KeyBytes);
        var cell = Seal(key, KeyPlace(person));
        CryptographicOperations.ZeroMemory(key);
        return cell;
    }

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public CellCipher Of(Guid person, byte[] sealedKey)
    {
        var key = Open(sealedKey, KeyPlace(person));
        var cipher = new CellCipher(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    /// <summary>What belongs to the hub and to no person: secrets of operators.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place) => Seal(plain, new CellPlace(place));

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public byte[] Open(byte[] cell, string place) => Open(cell, new CellPlace(place));

    /// <summary>The same for the same text, so that the database can hold two apart; who has not the hub's key reads nothing from it.</summary>
    public byte[] Mark(string text) => HMACSHA256.HashData(_marks, Encoding.UTF8.GetBytes(text));

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public static byte[] Open(CellCipher cipher, byte[] cell, CellPlace place)
    {
        var plain = new byte[Math.Max(0, cell.Length - CellCipher.Overhead)];
        return cipher.TryOpen(cell, place, plain) ? plain
            : throw new StoreException($"A cell of {place.Cell} does not open: it was changed, moved from another row, or sealed under another key.");
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_marks);
        _hub.Dispose();
    }

    byte[] Seal(ReadOnlySpan<byte> plain, CellPlace place)
    {
        lock (_turn) return _hub.Seal(plain, place);
    }

    byte[] Open(byte[] cell, CellPlace place)
    {
        lock (_turn) return Open(_hub, cell, place);
    }

    static CellPlace KeyPlace(Guid person) => new("person.key", person);
}

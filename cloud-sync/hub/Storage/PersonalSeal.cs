using System.Security.Cryptography;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Storage;

/// <summary>
/// Seals what is kept of people: each has a key of his own, sealed under the hub's, so that who is erased can be read by nobody
/// any more, also not from a copy of the rows that was taken before the hub's key is changed.
/// </summary>
sealed class PersonalSeal : IDisposable
{
    readonly CellCipher _hub;

    /// <param name="key">32 bytes; not kept.</param>
    public PersonalSeal(ReadOnlySpan<byte> key) => _hub = new CellCipher(key);

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
        var cell = _hub.Seal(key, KeyPlace(person));
        CryptographicOperations.ZeroMemory(key);
        return cell;
    }

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public CellCipher Of(Guid person, byte[] sealedKey)
    {
        var key = Open(_hub, sealedKey, KeyPlace(person));
        var cipher = new CellCipher(key);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    /// <summary>What belongs to the hub and to no person: secrets of operators.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place) => _hub.Seal(plain, new CellPlace(place));

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public byte[] Open(byte[] cell, string place) => Open(_hub, cell, new CellPlace(place));

    /// <exception cref="StoreException">Damaged, or moved from another row.</exception>
    public static byte[] Open(CellCipher cipher, byte[] cell, CellPlace place)
    {
        var plain = new byte[Math.Max(0, cell.Length - CellCipher.Overhead)];
        return cipher.TryOpen(cell, place, plain) ? plain
            : throw new StoreException($"A cell of {place.Cell} does not open: it was changed, moved from another row, or sealed under another key.");
    }

    public void Dispose() => _hub.Dispose();

    static CellPlace KeyPlace(Guid person) => new("person.key", person);
}

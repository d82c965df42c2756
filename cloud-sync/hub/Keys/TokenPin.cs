using System.Security.Cryptography;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Keys;

/// <summary>
/// The PIN of a token. A token locks itself after a few wrong ones, so one that was refused is never tried again, also not after a
/// restart: its salted hash is remembered until another one works.
/// </summary>
sealed class TokenPin
{
    const string Name = "token.pin";
    const int SaltBytes = 16, BytesMax = 256;

    readonly string _file, _refused;
    readonly bool _isCredential;

    /// <param name="said">As in the settings.</param>
    /// <param name="folder">The hub's own.</param>
    /// <param name="credentials">Where systemd lays what the unit is given; null: nowhere.</param>
    public TokenPin(string? said, HubFolder folder, string? credentials)
    {
        var given = credentials is null ? null : Path.Combine(credentials, Name);
        _isCredential = said is null && given is not null && File.Exists(given);
        _file = _isCredential ? given ?? "" : Path.GetFullPath(said ?? Name, folder.Path);
        _refused = Path.Combine(folder.Keys, "token.refused");
    }

    /// <summary>For messages.</summary>
    public string Place => _isCredential ? $"the credential {Name}" : _file;

    /// <summary>To be wiped by the caller.</summary>
    /// <exception cref="TokenException">It is not there, open to others, or has been refused.</exception>
    public byte[] Read()
    {
        var pin = ReadFile();
        if (!WasRefused(pin)) return pin;

        CryptographicOperations.ZeroMemory(pin);
        throw new TokenException($"The token has refused the PIN in {Place}, and it is not tried again, so that the token does not lock. Write the right one there: it is tried by itself.");
    }

    public void Refuse(byte[] pin)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        AtomicFile.Write(_refused, [.. salt, .. SHA256.HashData([.. salt, .. pin])]);
    }

    public void Accept() => File.Delete(_refused);

    byte[] ReadFile()
    {
        try
        {
            using var stream = File.OpenRead(_file);
            // systemd gives a credential to the service's user by an access list, which shows as a right of the group.
            if (!_isCredential && OwnerOnly.TooOpen(stream) is { } mode)
                throw new TokenException($"{_file} has mode {mode}: others could read the token's PIN. Set it to 600, and think about who has had it.");

            if (stream.Length > BytesMax) throw new TokenException($"{_file} has {stream.Length} bytes; a PIN has at most {BytesMax}.");

            var text = new byte[stream.Length];
            stream.ReadExactly(text);
            var pin = text.AsSpan().TrimEnd("\r\n"u8).ToArray();
            CryptographicOperations.ZeroMemory(text);
            return pin.Length > 0 ? pin : throw new TokenException($"{_file} is empty: write the token's PIN there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenException($"The token's PIN cannot be read: {e.Message} Write it to {_file}, with mode 600.", e);
        }
    }

    bool WasRefused(byte[] pin)
    {
        if (!File.Exists(_refused)) return false;

        var known = File.ReadAllBytes(_refused);
        return known.Length == SaltBytes + SHA256.HashSizeInBytes
            && CryptographicOperations.FixedTimeEquals(known.AsSpan(SaltBytes), SHA256.HashData([.. known.AsSpan(0, SaltBytes), .. pin]));
    }
}

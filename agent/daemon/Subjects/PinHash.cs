using System.Security.Cryptography;

namespace EdgeFace.Subjects;

/// <summary>What a PIN turned out to be. Zero is wrong.</summary>
public enum PinMatch
{
    Wrong,
    Right,

    /// <summary>The one that a person gives who is forced.</summary>
    Duress,
}

/// <summary>
/// A person's PIN and the one for duress as they are kept: PBKDF2-HMAC-SHA256 (RFC 8018) over one random salt, so that asking
/// for both is one derivation. It lies in the sealed profile; the derivation makes a broken seal cost time, no more: PINs are
/// short.
/// </summary>
/// <param name="Salt">16 random bytes.</param>
/// <param name="Iterations">What it was derived with.</param>
/// <param name="Hash">32 bytes.</param>
/// <param name="DuressHash">32 bytes; null: none is set.</param>
sealed record PinHash(byte[] Salt, int Iterations, byte[] Hash, byte[]? DuressHash = null)
{
    public const int LengthMin = 4;
    public const int LengthMax = 12;
    public const int IterationsMax = 1_000_000;

    /// <summary>About 20 ms on a desktop core and 150 ms on a small board: a door waits for it.</summary>
    const int IterationsNow = 50_000;
    const int SaltBytes = 16;
    const int HashBytes = 32;

    /// <summary>Generated JSON writers write no bytes, "", for a byte array that is null.</summary>
    public byte[]? DuressHash { get; init; } = DuressHash is { Length: 0 } ? null : DuressHash;

    public bool IsWellFormed => Salt.Length == SaltBytes && Iterations is >= 1 and <= IterationsMax
        && Hash.Length == HashBytes && DuressHash is null or { Length: HashBytes };

    /// <exception cref="ArgumentException">It is no PIN.</exception>
    public static PinHash Of(string pin, int iterations = IterationsNow)
    {
        EnsurePin(pin);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PinHash(salt, iterations, Derive(pin, salt, iterations));
    }

    /// <summary>Another PIN; the one for duress stays.</summary>
    /// <exception cref="ArgumentException">It is no PIN, or it is the one for duress.</exception>
    public PinHash WithPin(string pin)
    {
        EnsurePin(pin);
        var changed = this with { Hash = Derive(pin, Salt, Iterations) };
        return changed.Differ() ? changed : throw Alike();
    }

    /// <exception cref="ArgumentException">It is no PIN, or it is the PIN.</exception>
    public PinHash WithDuress(string pin)
    {
        EnsurePin(pin);
        var changed = this with { DuressHash = Derive(pin, Salt, Iterations) };
        return changed.Differ() ? changed : throw Alike();
    }

    /// <summary>Takes as long whatever the answer is.</summary>
    public PinMatch Verify(string digits)
    {
        var derived = Derive(IsPin(digits) ? digits : "", Salt, Iterations);
        var right = CryptographicOperations.FixedTimeEquals(derived, Hash);
        var duress = CryptographicOperations.FixedTimeEquals(derived, DuressHash ?? new byte[HashBytes]);
        CryptographicOperations.ZeroMemory(derived);
        return !IsPin(digits) ? PinMatch.Wrong
            : right ? PinMatch.Right
            : duress && DuressHash is not null ? PinMatch.Duress
            : PinMatch.Wrong;
    }

    public static bool IsPin(string digits) =>
        digits.Length is >= LengthMin and <= LengthMax && digits.All(char.IsAsciiDigit);

    bool Differ() => DuressHash is null || !CryptographicOperations.FixedTimeEquals(Hash, DuressHash);

    static ArgumentException Alike() => new("The PIN and the PIN for duress are the same; take two that differ.");

    static void EnsurePin(string pin)
    {
        if (!IsPin(pin))
            throw new ArgumentException($"A PIN has {LengthMin} to {LengthMax} digits and nothing else; this one has {pin.Length} characters.");
    }

    static byte[] Derive(string pin, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(pin, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}

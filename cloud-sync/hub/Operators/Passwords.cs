using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace EdgeFace.Hub.Operators;

/// <summary>
/// Argon2id with what OWASP's cheat sheet asks for (19 MiB, two passes, one lane), kept in the PHC form. Only a few are computed
/// at once: each takes its memory.
/// </summary>
sealed class Passwords : IDisposable
{
    public const int LettersMin = 12, LettersMax = 128;
    const int MemoryKiB = 19 * 1024, Passes = 2, Lanes = 1, SaltBytes = 16, HashBytes = 32, WaitingMax = 64;

    /// <summary>What is computed for a name that nobody has, so that it takes as long.</summary>
    static readonly string Nobody = Encode(MemoryKiB, Passes, new byte[SaltBytes], new byte[HashBytes]);

    static readonly string Form = $"$argon2id$v=19$m={MemoryKiB},t={Passes},p={Lanes}$";

    readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount));
    int _waiting;

    /// <summary>How many were computed; for tests.</summary>
    public long Computed => Interlocked.Read(ref _computed);

    long _computed;

    public async Task<string> HashAsync(string password, CancellationToken stop)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Encode(MemoryKiB, Passes, salt, await ComputeAsync(password, MemoryKiB, Passes, salt, stop));
    }

    /// <param name="encoded">Null: there is nobody, or he has none; it takes as long and is never right.</param>
    /// <param name="password">As it was typed.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<bool> VerifyAsync(string? encoded, string password, CancellationToken stop)
    {
        var parts = (encoded ?? Nobody).Split('$');
        var (memory, passes) = Cost(parts);
        var isPossible = encoded is not null && password.Length is > 0 and <= LettersMax;
        var hash = await ComputeAsync(isPossible ? password : "nobody's", memory, passes, Convert.FromBase64String(parts[4]), stop);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[5])) && isPossible;
    }

    /// <summary>Whether it was computed with less than today's cost.</summary>
    public static bool IsOutdated(string encoded) => !encoded.StartsWith(Form, StringComparison.Ordinal);

    /// <summary>Why it is not taken; null: it is.</summary>
    public static string? Fault(string password, string login)
    {
        if (password.Length < LettersMin) return $"A password has at least {LettersMin} characters; this one has {password.Length}. A sentence is good.";
        if (password.Length > LettersMax) return $"A password has at most {LettersMax} characters; this one has {password.Length}.";
        if (CommonPasswords.Has(password, login)) return "That password is one of the first that are tried: take another one.";
        return null;
    }

    /// <summary>For somebody who will take his own at once: 20 letters of 5 bits.</summary>
    public static string Temporary()
    {
        var letters = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 20);
        return string.Join('-', letters.Chunk(5).Select(part => new string(part)));
    }

    public void Dispose() => _places.Dispose();

    async Task<byte[]> ComputeAsync(string password, int memory, int passes, byte[] salt, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            throw new BusyException($"{WaitingMax} sign-ins are waiting already. Try again in a moment.");
        }

        try
        {
            await _places.WaitAsync(stop);
            try
            {
                using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
                {
                    Salt = salt,
                    MemorySize = memory,
                    Iterations = passes,
                    DegreeOfParallelism = Lanes,
                };
                Interlocked.Increment(ref _computed);
                return await argon.GetBytesAsync(HashBytes);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    static (int Memory, int Passes) Cost(string[] parts)
    {
        var cost = parts[3].Split(',').Select(pair => int.Parse(pair.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
        return (cost[0], cost[1]);
    }

    static string Encode(int memory, int passes, byte[] salt, byte[] hash) => string.Create(CultureInfo.InvariantCulture,
        $"$argon2id$v=19$m={memory},t={passes},p={Lanes}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
}

/// <summary>More is asked than the hub does at once.</summary>
sealed class BusyException(string message) : Exception(message);

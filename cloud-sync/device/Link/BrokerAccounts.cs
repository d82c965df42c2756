using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeFace.Wire;

namespace EdgeFace.Link;

/// <summary>What a user of the embedded broker is.</summary>
public enum BrokerRole
{
    /// <summary>Writes what it says itself and reads what it is told.</summary>
    Device,

    /// <summary>Reads what all devices say and writes what they are told.</summary>
    Hub,
}

/// <summary>
/// Who may connect to the embedded broker: a file of lines <c>name:role:pbkdf2-sha256$iterations$salt$hash</c> (PBKDF2 of
/// RFC 8018, salt and hash in base64). It is read anew at each connection, so that it may change while the broker runs.
/// </summary>
sealed class BrokerAccounts(string file)
{
    const string Scheme = "pbkdf2-sha256";
    const int SaltBytes = 16, HashBytes = 32, IterationsMin = 1000, IterationsMax = 10_000_000;

    /// <summary>As OWASP asks of PBKDF2 with SHA-256.</summary>
    public const int Iterations = 600_000;

    /// <exception cref="FormatException">A line is none; which one stands in the message.</exception>
    public IReadOnlyList<BrokerAccount> All() => !File.Exists(file) ? [] :
        [.. File.ReadLines(file).Select((line, index) => (line, index)).Where(each => each.line.Length > 0).Select(each => Parse(each.line, each.index + 1))];

    public BrokerAccount? Find(string name) => All().FirstOrDefault(account => account.Name == name);

    /// <summary>Null when there is none of that name, or the password is wrong; that takes as long either way.</summary>
    public BrokerAccount? Login(string name, ReadOnlySpan<byte> password)
    {
        var account = Find(name);
        var derived = Derive(password, account?.Salt ?? new byte[SaltBytes], account?.Iterations ?? Iterations);
        return account is not null && CryptographicOperations.FixedTimeEquals(derived, account.Hash) ? account : null;
    }

    /// <summary>Changes when what stands in the file does.</summary>
    public string Stamp => LinkFiles.StampOf(file);

    /// <summary>The file's text with one more, or with the same one and another password. Whoever writes it keeps it from others.</summary>
    /// <exception cref="ArgumentException">It is no name, or the password is empty.</exception>
    public string With(string name, BrokerRole role, string password, int iterations = Iterations)
    {
        if (!Topics.IsDevice(name)) throw new ArgumentException($"'{name}' is no name: 1 to 64 letters, digits, dots, dashes and underscores.", nameof(name));
        if (password.Length == 0) throw new ArgumentException("The password is empty.", nameof(password));

        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var own = new BrokerAccount(name, role, iterations, salt, Derive(Encoding.UTF8.GetBytes(password), salt, iterations));
        return string.Concat(All().Where(account => account.Name != name).Append(own).Select(account => Line(account) + "\n"));
    }

    static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    static string Line(BrokerAccount account) => string.Create(CultureInfo.InvariantCulture,
        $"{account.Name}:{account.Role.ToString().ToLowerInvariant()}:{Scheme}${account.Iterations}${Convert.ToBase64String(account.Salt)}${Convert.ToBase64String(account.Hash)}");

    BrokerAccount Parse(string line, int number)
    {
        try
        {
            if (line.Split(':') is [var name, "device" or "hub", var secret] && Topics.IsDevice(name)
                && secret.Split('$') is [Scheme, var iterations, var salt, var hash]
                && int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= IterationsMin and <= IterationsMax)
            {
                var role = line[(name.Length + 1)..].StartsWith("hub", StringComparison.Ordinal) ? BrokerRole.Hub : BrokerRole.Device;
                return new BrokerAccount(name, role, count, Convert.FromBase64String(salt), Convert.FromBase64String(hash));
            }
        }
        catch (FormatException)
        {
            // No base64: said below.
        }

        throw new FormatException($"{file}({number}): a line is name:device|hub:{Scheme}$iterations$salt$hash. Write it with: edgeface broker user add");
    }
}

/// <param name="Name">As in topics.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Iterations">Of PBKDF2.</param>
/// <param name="Salt">16 bytes.</param>
/// <param name="Hash">32 bytes.</param>
sealed record BrokerAccount(string Name, BrokerRole Role, int Iterations, byte[] Salt, byte[] Hash)
{
    public override string ToString() => $"{Name} ({Role})";
}

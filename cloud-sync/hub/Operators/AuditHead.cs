using System.Globalization;
using System.Text;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;

namespace EdgeFace.Hub.Operators;

/// <summary>The newest entry that an instance has seen, in a file outside of the database.</summary>
sealed class AuditHead(string file)
{
    readonly Lock _one = new();

    public string File => file;

    /// <exception cref="StoreException">It is no such file.</exception>
    public NotedEntry? Read()
    {
        lock (_one)
        {
            if (!System.IO.File.Exists(file)) return null;
            var parts = System.IO.File.ReadAllText(file).TrimEnd().Split(' ');
            try
            {
                if (parts.Length == 3)
                    return new NotedEntry(long.Parse(parts[0], CultureInfo.InvariantCulture), Convert.FromHexString(parts[1]), Convert.FromHexString(parts[2]));
            }
            catch (FormatException)
            {
                // said below
            }

            throw new StoreException($"{file} does not say which entry of the audit log is the newest. Put it back from a copy; without it a cut-off end is not seen.");
        }
    }

    /// <summary>An older one than what is noted changes nothing.</summary>
    public void Write(AuditRow newest)
    {
        lock (_one)
        {
            if (Read() is { } noted && noted.Seq >= newest.Seq) return;
            AtomicFile.Write(file, Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{newest.Seq} {Convert.ToHexStringLower(newest.Hash)} {Convert.ToHexStringLower(newest.Mac)}\n")));
        }
    }
}

/// <summary>What the file says.</summary>
sealed record NotedEntry(long Seq, byte[] Hash, byte[] Mac);

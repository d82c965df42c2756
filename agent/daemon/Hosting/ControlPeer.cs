using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace EdgeFace.Hosting;

/// <summary>Who is at the other end of a connection, as the kernel noted it when the connection was made.</summary>
/// <param name="Process">Its id; for the log only, ids are used again.</param>
/// <param name="User">Its effective user.</param>
/// <param name="Role">What that user may.</param>
/// <param name="Order">Id of the signed command, by which the hub knows who wanted it; null: there is none.</param>
readonly record struct ControlPeer(int Process, uint User, ControlRole Role, string? Order = null)
{
    /// <summary>(uid_t)-1, which is nobody's: who signed a command, and not a user of this machine.</summary>
    public const uint CloudUser = uint.MaxValue;

    const int SocketLevel = 1; // SOL_SOCKET
    const int Credentials = 17; // SO_PEERCRED: pid, uid, gid
    const int Groups = 59; // SO_PEERGROUPS
    const int GroupsMax = 65536; // NGROUPS_MAX

    public static ControlPeer Of(Socket connection, ControlRoles roles)
    {
        Span<byte> raw = stackalloc byte[12];
        if (connection.GetRawSocketOption(SocketLevel, Credentials, raw) != raw.Length) return default;

        var process = MemoryMarshal.Read<int>(raw);
        var (user, group) = (MemoryMarshal.Read<uint>(raw[4..]), MemoryMarshal.Read<uint>(raw[8..]));
        return new ControlPeer(process, user, roles.Of(user, [group, .. Supplementary(connection, process, user)]));
    }

    /// <summary>
    /// Of the connection, as its user was then: nothing of it can be raced, and it needs no look into /proc, which a
    /// hardened service may not see of others. Before Linux 4.13: from /proc.
    /// </summary>
    static uint[] Supplementary(Socket connection, int process, uint user)
    {
        var raw = ArrayPool<byte>.Shared.Rent(GroupsMax * sizeof(uint));
        try
        {
            var length = connection.GetRawSocketOption(SocketLevel, Groups, raw);
            return MemoryMarshal.Cast<byte, uint>(raw.AsSpan(0, length)).ToArray();
        }
        catch (SocketException)
        {
            return FromProcess(process, user);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    /// <summary>
    /// None when the process is gone or is another user's by now: its id was given to another one. Another process of the same
    /// user is as good as the first.
    /// </summary>
    public static uint[] FromProcess(int process, uint user)
    {
        try
        {
            // One read, so that user and groups are of one process.
            var lines = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).Split('\n');
            return Numbers(lines, "Uid:") is [_, var effective, ..] && effective == user ? Numbers(lines, "Groups:") : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static uint[] Numbers(string[] lines, string key) => [.. lines
        .Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .SelectMany(line => line[key.Length..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
        .Select(number => uint.Parse(number, CultureInfo.InvariantCulture))];
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Capture;
using EdgeFace.Keeping;

namespace EdgeFace.Hosting;

/// <summary>Makes the socket file: replaces one that a killed daemon left, and nothing else.</summary>
static class ControlListener
{
    const int Backlog = 32;
    const uint SameUser = uint.MaxValue; // chown: -1 leaves it

    /// <summary>
    /// Nobody connects before the rights stand: the socket listens last. Who may connect is the first of two gates; the
    /// second looks at every peer's credentials.
    /// </summary>
    /// <param name="path">Where; its folder is made where there is none, for the owner only.</param>
    /// <param name="roles">Both groups may connect.</param>
    /// <param name="groupsMayConnect">False when the file system or the user's rights did not let the groups in.</param>
    /// <exception cref="ControlException">Taken: another daemon listens. BadPlace: it cannot be made there.</exception>
    public static Socket Open(string path, ControlRoles roles, out bool groupsMayConnect)
    {
        var place = ControlPath.EndPointOf(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            OwnerOnly.CreateFolder(Path.GetDirectoryName(path) ?? "/");
            ClearPlace(path, place);
            socket.Bind(place);
            groupsMayConnect = SetRights(path, roles);
            socket.Listen(Backlog);
            return socket;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            socket.Dispose();
            throw new ControlException(ControlFault.BadPlace,
                $"The control socket {path} cannot be made: {e.Message} Name another place with {ControlPath.Variable}.", e);
        }
        catch (ControlException)
        {
            socket.Dispose();
            throw;
        }
    }

    static void ClearPlace(string path, UnixDomainSocketEndPoint place)
    {
        if (!Path.Exists(path)) return;
        if (!RegularFile.IsSocketAt(path))
        {
            throw new ControlException(ControlFault.BadPlace,
                $"{path} is no socket and was left as it is. Take it away, or name another place with {ControlPath.Variable}.");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(place);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            File.Delete(path); // nobody listens: its daemon was killed
            return;
        }

        throw new ControlException(ControlFault.Taken,
            $"Another daemon listens at {path}. End it, or name another place with {ControlPath.Variable}.");
    }

    /// <summary>
    /// Owner and both groups read and write, others nothing. An access list lets both groups in, and needs its giver in
    /// neither; where the file system has none, the file is given to the operators' group, and viewers stay outside.
    /// </summary>
    static bool SetRights(string path, ControlRoles roles)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("edgeface runs on Linux.");

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        uint[] groups = [.. ((uint?[])[roles.Operators, roles.Viewers]).OfType<uint>().Distinct().Order()];
        if (groups is []) return true;

        var name = Encoding.UTF8.GetBytes(path + '\0');
        var list = AccessList.OfOwnerAnd(groups);
        if (SetAttribute(name, AccessList.Attribute, list, (nuint)list.Length, 0) == 0) return true;
        if (roles.Operators is not { } operators || GiveTo(name, SameUser, operators) != 0) return false;

        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        return roles.Viewers is null;
    }

    [DllImport("libc", EntryPoint = "lsetxattr")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetAttribute(byte[] path, byte[] name, byte[] value, nuint length, int flags);

    [DllImport("libc", EntryPoint = "lchown")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int GiveTo(byte[] path, uint user, uint group);
}

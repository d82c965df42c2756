using System.Diagnostics;
using EdgeFace.Hosting;
using Xunit;

namespace EdgeFace.Tests.Hosting;

public sealed class ControlPeerTests : IAsyncLifetime
{
    readonly ControlHouse _house = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    static readonly ControlRoles Roles = new(OwnUser: 500, ControlHouse.Operators, ControlHouse.Viewers);

    [Theory]
    [InlineData(0u, new uint[0], ControlRole.Owner)]
    [InlineData(500u, new uint[0], ControlRole.Owner)]
    [InlineData(1000u, new uint[0], ControlRole.None)]
    [InlineData(1000u, new uint[] { 100, ControlHouse.Viewers }, ControlRole.Viewer)]
    [InlineData(1000u, new uint[] { ControlHouse.Viewers, ControlHouse.Operators }, ControlRole.Operator)]
    [InlineData(1000u, new uint[] { 0 }, ControlRole.None)]
    public void A_role_comes_from_user_and_groups(uint user, uint[] groups, ControlRole role) =>
        Assert.Equal(role, Roles.Of(user, groups));

    [Fact]
    public void Groups_that_do_not_exist_let_nobody_in()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["group"], "root:x:0:\nedgeface-operators:x:700:ada\n# a comment\nbroken\n");

        var roles = ControlRoles.Of(new ControlOptions(), folder["group"]);

        Assert.Equal(700u, roles.Operators);
        Assert.Null(roles.Viewers);
        Assert.Null(ControlRoles.Of(new ControlOptions(), folder["none"]).Operators);
    }

    [Fact]
    public void Of_another_users_process_no_group_is_believed()
    {
        var own = ControlRoles.Of(new ControlOptions()).OwnUser;

        Assert.Empty(ControlPeer.FromProcess(Environment.ProcessId, own + 1));
        Assert.Empty(ControlPeer.FromProcess(int.MaxValue, own));
        Assert.Equal(GroupsOfThisProcess(), ControlPeer.FromProcess(Environment.ProcessId, own));
    }

    [Theory]
    [InlineData("4712", "status", "well", null)]
    [InlineData("4712", "reload", null, "it takes an operator")]
    [InlineData("4711", "reload", "read", null)]
    [InlineData("4713", "status", null, "may not talk to this daemon")]
    public async Task The_kernel_says_who_asks(string group, string command, string? said, string? fault)
    {
        _house.Desk.On(ControlCommands.Status, _ => ControlReply.Did("well"));
        _house.Desk.On(ControlCommands.Reload, _ => ControlReply.Did("read"));
        await _house.OpenAsync();
        if (group == "4713") OpenToAll(_house.Place); // past the first gate: the second must hold alone

        var answer = await AskAsAsync(group, command);

        if (said is not null) Assert.Contains($"\"say\":\"{said}\"", answer, StringComparison.Ordinal);
        if (fault is not null) Assert.Contains(fault, answer, StringComparison.Ordinal);
        Assert.Equal(command == "reload" ? 1 : 0, _house.Audits.Count);
        Assert.All(_house.Audits, audit => Assert.Equal(1234u, audit.User));
    }

    [Fact]
    public async Task Who_is_in_neither_group_does_not_even_connect()
    {
        await _house.OpenAsync();

        Assert.Contains("Permission denied", await AskAsAsync("4713", "status"), StringComparison.Ordinal);
    }

    /// <summary>A user of no name, in one group beside his own, sends a line with nothing but Perl.</summary>
    async Task<string> AskAsAsync(string group, string command)
    {
        Needs.SkipOrFail("root", Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/perl"));
        if (OperatingSystem.IsWindows()) return "";
        File.SetUnixFileMode(_house.Folder, File.GetUnixFileMode(_house.Folder) | UnixFileMode.OtherExecute);
        const string Script = "use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or die $!; "
            + "syswrite(S, qq({\"command\": \"$ARGV[1]\"}\\n)); print scalar <S>;";
        var start = new ProcessStartInfo("/usr/bin/setpriv",
            ["--reuid=1234", "--regid=1234", $"--groups={group}", "/usr/bin/perl", "-e", Script, _house.Place, command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var asking = Process.Start(start);
        Assert.NotNull(asking);
        var (output, error) = (asking.StandardOutput.ReadToEndAsync(ControlHouse.Stop), asking.StandardError.ReadToEndAsync(ControlHouse.Stop));
        await asking.WaitForExitAsync(ControlHouse.Stop);
        return await output + await error;
    }

    static void OpenToAll(string path)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
    }

    static uint[] GroupsOfThisProcess() => [.. File.ReadLines("/proc/self/status")
        .Single(line => line.StartsWith("Groups:", StringComparison.Ordinal))["Groups:".Length..]
        .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(uint.Parse)];
}

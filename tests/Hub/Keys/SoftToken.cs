using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EdgeFace.Hub.Keys;
using EdgeFace.Hub.Storage;
using EdgeFace.Keeping;
using EdgeFace.Wire;
using Xunit;

namespace EdgeFace.Tests.Hub.Keys;

/// <summary>
/// SoftHSM's module belongs to the whole process, and so does its setting: one folder of tokens, and one test at a time.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SoftTokens : ICollectionFixture<SoftTokens>, IDisposable
{
    public const string Name = "tokens";

    readonly ScratchFolder _folder = new();

    public SoftTokens()
    {
        Directory.CreateDirectory(Tokens);
        File.WriteAllText(_folder["softhsm2.conf"], $"directories.tokendir = {Tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        // The module asks the C library, which knows nothing of what .NET sets.
        Assert.Equal(0, SetVariable("SOFTHSM2_CONF"u8.ToArray().Append((byte)0).ToArray(), Encoding.UTF8.GetBytes(_folder["softhsm2.conf"] + '\0'), 1));
    }

    public string Tokens => _folder["tokens"];

    public string Settings => _folder["softhsm2.conf"];

    public void Dispose() => _folder.Dispose();

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetVariable(byte[] name, byte[] value, int overwrite);
}

/// <summary>A new token of one test, with the folder of a hub that uses it.</summary>
sealed class SoftToken : IDisposable
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so", Pin = "4711";

    readonly ScratchFolder _scratch = new();
    readonly string _place;

    public SoftToken(SoftTokens all)
    {
        Needs.SkipOrFail("softhsm", File.Exists(Module) && File.Exists("/usr/bin/softhsm2-util"));
        Label = $"hub {Guid.NewGuid():N}"[..20];
        var before = Directory.GetDirectories(all.Tokens);
        using var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/softhsm2-util", ["--init-token", "--free", "--label", Label, "--so-pin", "12345678", "--pin", Pin])
        {
            Environment = { ["SOFTHSM2_CONF"] = all.Settings },
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("softhsm2-util was not started.");
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        _place = Directory.GetDirectories(all.Tokens).Except(before).Single();
        WritePin(Pin);
        Folder = new HubFolder(_scratch["hub"]);
        Folder.Create();
    }

    public string Label { get; }

    public HubFolder Folder { get; }

    public string PinFile => _scratch["pin"];

    public TokenOptions Options(params KeyRole[] roles) => new(Module, Label, PinFile, roles.Length > 0 ? roles : null);

    public SigningToken Open(TimeProvider time, TokenOptions? options = null) => new(options ?? Options(), new TokenPin(PinFile, Folder, null), time);

    public void WritePin(string pin) => AtomicFile.Write(PinFile, Encoding.ASCII.GetBytes(pin + "\n"));

    public void TakeAway() => Directory.Move(_place, _scratch["drawer"]);

    public void PutBack() => Directory.Move(_scratch["drawer"], _place);

    public void Dispose()
    {
        if (Directory.Exists(_place)) Directory.Delete(_place, recursive: true);
        _scratch.Dispose();
    }
}

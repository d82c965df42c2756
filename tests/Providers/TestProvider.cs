using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using EdgeFace.Inference;

namespace EdgeFace.Tests.Providers;

/// <summary>The execution provider of <c>provider.cpp</c>, built once, in a folder of its own with its mode beside it.</summary>
sealed class TestProvider
{
    static readonly Lazy<string?> Built = new(() => Build("provider.cpp", "libtestprovider.so"));
    static readonly Lazy<string?> Shimmed = new(() => Build("shim.cpp", RuntimeLibrary.FileName));

    readonly string _folder;

    public TestProvider(ScratchFolder folder, string mode = "honest")
    {
        NeedsCompiler();
        _folder = Directory.CreateDirectory(folder[$"provider-{Guid.NewGuid():n}"]).FullName;
        File.Copy(Built.Value ?? "", Library);
        Mode = mode;
    }

    public string Library => Path.Combine(_folder, "libtestprovider.so");

    public ProviderChoice Choice => new(ExecutionProvider.Plugin, Plugin: Library);

    /// <summary>How it behaves from now on.</summary>
    public string Mode
    {
        set
        {
            // By a rename: it is read in the middle of an inference.
            File.WriteAllText(Path.Combine(_folder, "mode.new"), value);
            File.Move(Path.Combine(_folder, "mode.new"), Path.Combine(_folder, "mode"), overwrite: true);
        }
    }

    /// <summary>From now on one process alone may open its device.</summary>
    public void MakeExclusive() => File.WriteAllText(Path.Combine(_folder, "exclusive"), "");

    public static void NeedsCompiler() => Needs.SkipOrFail("compiler", Built.Value is not null);

    /// <summary>From its first use on it computes in memory of its own, as a card does.</summary>
    public void SetMemoryApart() => File.WriteAllText(Path.Combine(_folder, "apart"), "");

    /// <summary>Whether it is compiling: see the mode "building".</summary>
    public bool IsCompiling => File.Exists(Path.Combine(_folder, "compiling"));

    /// <summary>The folder of an ONNX Runtime of another maker (<c>shim.cpp</c>).</summary>
    /// <param name="folder">Where it is made.</param>
    /// <param name="noise">It computes something else than the one that comes along.</param>
    public static string Shim(ScratchFolder folder, bool noise = false)
    {
        NeedsCompiler();
        var vendor = Directory.CreateDirectory(folder[$"runtime-{Guid.NewGuid():n}"]).FullName;
        File.Copy(Shimmed.Value ?? "", Path.Combine(vendor, RuntimeLibrary.FileName));
        var here = RuntimeInformation.RuntimeIdentifier.EndsWith("arm64", StringComparison.Ordinal) ? "linux-arm64" : "linux-x64";
        File.WriteAllText(Path.Combine(vendor, "real"), Path.Combine(AppContext.BaseDirectory, "runtimes", here, "native", RuntimeLibrary.FileName));
        if (noise) File.WriteAllText(Path.Combine(vendor, "noise"), "");
        return vendor;
    }

    static string? Build(string source, string library) => Compile(
        Path.Combine(Meta["RepositoryRoot"] ?? "", "tests", "Providers", source),
        Path.Combine(Directory.CreateTempSubdirectory("edgeface-provider-").FullName, library));

    static Dictionary<string, string?> Meta =>
        typeof(TestProvider).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(each => each.Key, each => each.Value);

    /// <summary>Null where there is no compiler.</summary>
    public static string? Compile(string source, string library)
    {
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("g++",
            [
                "-std=c++17", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-I", Meta["RuntimeHeaders"] ?? "", source, "-o", library, "-ldl",
            ])
            { RedirectStandardError = true });
            var said = compiler?.StandardError.ReadToEnd();
            compiler?.WaitForExit();
            return compiler?.ExitCode == 0 ? library : throw new InvalidOperationException($"{source} does not compile: {said}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

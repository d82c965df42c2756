using System.Diagnostics;
using System.Reflection;
using EdgeFace.Inference;

namespace EdgeFace.Tests.Providers;

/// <summary>The execution provider of <c>provider.cpp</c>, built once, in a folder of its own with its mode beside it.</summary>
sealed class TestProvider
{
    static readonly Lazy<string?> Built = new(Build);

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

    static string? Build()
    {
        var source = Path.Combine(Meta["RepositoryRoot"] ?? "", "tests", "Providers", "provider.cpp");
        return Compile(source, Path.Combine(Directory.CreateTempSubdirectory("edgeface-provider-").FullName, "libtestprovider.so"));
    }

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

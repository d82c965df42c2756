using EdgeFace.Profiles;

namespace EdgeFace.Tests.Hardware;

/// <summary>A machine's <c>/proc</c> and <c>/sys</c> in a folder, from the listing of its name in <c>Machines</c>.</summary>
sealed class RecordedMachine : IDisposable
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Hardware", "Machines");

    readonly ScratchFolder _root = new();

    public RecordedMachine(string name)
    {
        foreach (var line in File.ReadLines(Path.Combine(Folder, $"{name}.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            var at = line.IndexOf(" =", StringComparison.Ordinal);
            var file = Path.Combine(_root.Path, line[1..at]);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
            File.WriteAllText(file, line[(at + 2)..].TrimStart(' ').Replace("\\0", "\0", StringComparison.Ordinal)
                .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal));
        }
    }

    public static IEnumerable<string> All() => Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file));

    /// <summary>The listing has what <c>uname -m</c> says.</summary>
    public MachineReading Read() => MachineReading.Of(
        _root.Path, File.ReadAllText(Path.Combine(_root.Path, "machine")).Trim() switch { "x86_64" => "x64", "aarch64" => "arm64", var other => other });

    public void Dispose() => _root.Dispose();
}

using System.Diagnostics;
using EdgeFace.Profiles;

namespace EdgeFace.Tests.Hardware;

/// <summary>A machine's <c>/proc</c> and <c>/sys</c> in a folder, from the listing of its name in <c>Machines</c>.</summary>
sealed class RecordedMachine : IDisposable
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Hardware", "Machines");

    /// <summary>What lies there is a script that says what the machine's own program would.</summary>
    const string Programs = "/usr/bin/";

    readonly ScratchFolder _root = new();

    public RecordedMachine(string name)
    {
        foreach (var line in File.ReadLines(Path.Combine(Folder, $"{name}.txt")).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.Split(" -> ") is [var link, var target])
            {
                File.CreateSymbolicLink(Placed(link), target);
                continue;
            }

            var at = line.IndexOf(" =", StringComparison.Ordinal);
            var file = Placed(line[..at]);
            File.WriteAllText(file, line[(at + 2)..].TrimStart(' ').Replace("\\0", "\0", StringComparison.Ordinal)
                .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal));
            if (line.StartsWith(Programs, StringComparison.Ordinal)) MakeProgram(file);
        }
    }

    public MachineRoot Root => new(_root.Path);

    /// <summary>Of the machine, and of no other: one that it has not is not there.</summary>
    public string Program(string name) => Root.At(Programs + name);

    public static IEnumerable<string> All() => Directory.GetFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file));

    /// <summary>By another process: whoever is started from this one meanwhile would hold the file open, and it could not be run.</summary>
    public static void MakeProgram(string file)
    {
        var text = $"{file}.text";
        File.Move(file, text);
        using var copy = Process.Start("install", ["-m", "500", text, file]);
        copy.WaitForExit();
    }

    string Placed(string path)
    {
        var file = Path.Combine(_root.Path, path[1..]);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? "/");
        return file;
    }

    /// <summary>The listing has what <c>uname -m</c> says.</summary>
    public MachineReading Read() => MachineReading.Of(
        _root.Path, File.ReadAllText(Path.Combine(_root.Path, "machine")).Trim() switch { "x86_64" => "x64", "aarch64" => "arm64", var other => other });

    public void Dispose() => _root.Dispose();
}

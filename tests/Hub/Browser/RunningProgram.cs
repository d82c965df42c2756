using System.Diagnostics;
using Xunit;

namespace EdgeFace.Tests.Hub.Browser;

/// <summary>A program as it is shipped, that runs beside the tests; what it says is kept.</summary>
sealed class RunningProgram : IDisposable
{
    readonly Process _process;
    readonly List<string> _lines = [];
    readonly Lock _turn = new();

    RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, said) => Keep(said.Data);
        process.ErrorDataReceived += (_, said) => Keep(said.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that it has said so far.</summary>
    public string Said
    {
        get { lock (_turn) return string.Join('\n', _lines); }
    }

    /// <summary>Beside the program of the tests lie those of the product.</summary>
    public static string Built(string project, string program) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), program));

    public static RunningProgram Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        Assert.True(File.Exists(program), $"There is no {program}: the whole solution has to be built.");
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new RunningProgram(Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start."));
    }

    /// <summary>The rest of the first line that begins so.</summary>
    public async Task<string> LineAsync(string beginning)
    {
        string? found = null;
        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(_process.HasExited && Find(beginning) is null, $"It ended ({(_process.HasExited ? _process.ExitCode : 0)}) before it said '{beginning}': {Said}");
                return (found = Find(beginning)) is not null;
            }, beginning, () => Said);
        return found ?? "";
    }

    /// <summary>Until it has ended by itself.</summary>
    public async Task<int> EndAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop);
        return _process.ExitCode;
    }

    /// <summary>As its service is stopped: it is told, and ends in order.</summary>
    public async Task StopAsync(CancellationToken stop)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync(stop);
        Assert.Equal(0, await EndAsync(stop));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    string? Find(string beginning)
    {
        lock (_turn) return _lines.Find(line => line.StartsWith(beginning, StringComparison.Ordinal))?[beginning.Length..].Trim();
    }

    void Keep(string? line)
    {
        if (line is null) return;
        lock (_turn) _lines.Add(line);
    }
}

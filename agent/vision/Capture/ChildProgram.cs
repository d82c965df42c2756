using System.ComponentModel;
using System.Diagnostics;

namespace EdgeFace.Capture;

/// <summary>
/// A program that writes pictures to its standard output. It is given its arguments as they are, without a shell, and is
/// killed with all that it started when it is no longer wanted. The last line of its standard error is kept: there it says
/// why it ended.
/// </summary>
sealed class ChildProgram : IDisposable
{
    static readonly TimeSpan LastWordsWait = TimeSpan.FromSeconds(1);

    readonly Process _process;
    readonly Stream _output;
    readonly ManualResetEventSlim _silent = new();
    readonly string _name;
    volatile string _lastLine = "";

    /// <param name="program">By name or path.</param>
    /// <param name="arguments">As they are.</param>
    /// <param name="input">What it reads from its standard input: that can be seen by nobody, unlike arguments.</param>
    /// <param name="remedy">What to do when the program is not there.</param>
    /// <exception cref="CameraException">It cannot be started.</exception>
    public ChildProgram(string program, IEnumerable<string> arguments, string input, string remedy)
    {
        _name = program;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            _process = Process.Start(start) ?? throw new CameraException($"{program} was not started. {remedy}");
        }
        catch (Win32Exception e)
        {
            throw new CameraException($"The program {program} cannot be started: {Reason(e)} {remedy}", e);
        }

        OfferToMemory(_process.Id);
        _output = _process.StandardOutput.BaseStream;
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
        try
        {
            _process.StandardInput.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already, or does not want to read: its output says more.
        }
    }

    /// <summary>Waits until the buffer is full.</summary>
    /// <returns>Bytes that came; fewer than wanted when the program closed its output.</returns>
    /// <param name="buffer">What to fill.</param>
    /// <param name="time">Whose clock.</param>
    /// <param name="firstAt">When the first of them came.</param>
    public int Fill(Span<byte> buffer, TimeProvider time, out long firstAt)
    {
        var filled = 0;
        firstAt = 0;
        while (filled < buffer.Length)
        {
            var read = _output.Read(buffer[filled..]);
            if (read <= 0) break;
            if (filled == 0) firstAt = time.GetTimestamp();
            filled += read;
        }

        return filled;
    }

    /// <summary>Once it closed its output: how it ended, in words.</summary>
    public string Ending()
    {
        var ended = _process.WaitForExit(LastWordsWait);
        _silent.Wait(LastWordsWait);
        var how = ended ? $"{_name} ended with exit code {_process.ExitCode}" : $"{_name} closed its output";
        return _lastLine.Length > 0 ? $"{how}: {SourceAddress.Shown(_lastLine)}." : $"{how} and said nothing.";
    }

    /// <summary>From any thread, as often as one likes.</summary>
    public void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended meanwhile.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit(LastWordsWait); // the kernel's table is rid of it
        _process.CancelErrorRead();
        _output.Dispose();
        _process.Dispose();
        _silent.Wait(0);
        _silent.Dispose();
    }

    /// <summary>When memory ends, it shall be this program that the kernel ends and not the doors: it is started anew.</summary>
    static void OfferToMemory(int process)
    {
        try
        {
            File.WriteAllText($"/proc/{process}/oom_score_adj", "500"); // upwards anybody may
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or this is no Linux.
        }
    }

    void Hear(string? line)
    {
        if (line is null) _silent.Set();
        else if (!string.IsNullOrWhiteSpace(line)) _lastLine = line.Trim().TrimEnd('.');
    }

    static string Reason(Win32Exception e) => e.NativeErrorCode switch
    {
        2 => "it is not there.",
        13 => "it may not be executed.",
        _ => e.Message.TrimEnd('.') + ".",
    };
}

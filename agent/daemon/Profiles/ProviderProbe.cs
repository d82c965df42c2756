using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using EdgeFace.Inference;

namespace EdgeFace.Profiles;

/// <summary>What a trial came to.</summary>
/// <param name="Stages">What each stage gave that came to its end.</param>
/// <param name="Fault">Why it went no further; null: all stages computed.</param>
/// <param name="Message">What happened, in words.</param>
sealed record TrialResult(
    IReadOnlyDictionary<InferenceStage, TrialLine> Stages, ProviderFault? Fault = null, string Message = "");

/// <summary>Runs trials in processes of their own and reads what they say, whatever becomes of them.</summary>
/// <param name="program">The executable that knows the trial's command.</param>
/// <param name="time">Limits them.</param>
sealed class ProviderProbe(string program, TimeProvider time)
{
    /// <summary>The hidden command that a trial is started with.</summary>
    public const string Command = "try-provider";

    /// <summary>Longer than any line that a trial writes: 512 numbers of an embedding.</summary>
    const int LineMost = 200_000;

    const int SignalBase = 128, WordsMost = 500;

    /// <summary>This program.</summary>
    public static string Here => Path.Combine(AppContext.BaseDirectory, "edgeface");

    /// <param name="request">What is tried; its own limit is a little longer than this one.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<TrialResult> RunAsync(TrialRequest request, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(request.Seconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        var reading = new Reading();
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program, Command)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }) ?? throw new Win32Exception();
        }
        catch (Win32Exception e)
        {
            return reading.End(ProviderFault.Failed, $"{program} could not be started for a trial: {e.Message}");
        }

        using (process)
        {
            try
            {
                var errors = LastWordsAsync(process.StandardError, either.Token);
                await AskAsync(process, request, either.Token);
                while (await process.StandardOutput.ReadLineAsync(either.Token) is { } line) reading.Take(line);
                await process.WaitForExitAsync(either.Token);
                return reading.Result(request, process.ExitCode, await errors);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                return reading.End(ProviderFault.TimedOut, $"{request.Tried} gave no answer within {request.Seconds:0.#} s");
            }
            catch (IOException e)
            {
                return reading.End(ProviderFault.Crashed, $"the process that tried {request.Tried} broke off: {e.Message}");
            }
            finally
            {
                BoundedCommand.Kill(process);
            }
        }
    }

    /// <summary>A child that is gone before it was asked has said why: its words are read all the same.</summary>
    static async Task AskAsync(Process process, TrialRequest request, CancellationToken stop)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(
                request with { Seconds = request.Seconds + 5 }, TrialJson.Default.TrialRequest).AsMemory(), stop);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The pipe is broken.
        }
    }

    /// <summary>Drains what a library prints to standard error and keeps its last words; of the runtime's own report the line that says what it was.</summary>
    static async Task<string> LastWordsAsync(StreamReader errors, CancellationToken stop)
    {
        string last = "", unhandled = "";
        while (await errors.ReadLineAsync(stop) is { } line)
        {
            if (line.Length is > 0 and < WordsMost) last = line;
            // Behind it stand the places in the code that it went through.
            if (unhandled.Length == 0 && line.StartsWith("Unhandled exception", StringComparison.Ordinal)) unhandled = line[..Math.Min(line.Length, WordsMost)];
        }

        return unhandled.Length > 0 ? unhandled : last;
    }

    sealed class Reading
    {
        readonly Dictionary<InferenceStage, TrialLine> _stages = [];
        InferenceStage? _at;
        TrialLine? _fault;

        public void Take(string line)
        {
            if (!line.StartsWith(TrialLine.Mark, StringComparison.Ordinal) || line.Length > LineMost) return;

            TrialLine? read;
            try
            {
                read = JsonSerializer.Deserialize(line.AsSpan(TrialLine.Mark.Length), TrialJson.Default.TrialLine);
            }
            catch (JsonException)
            {
                return; // two who print at once: how the process ends says the rest
            }

            switch (read)
            {
                case { What: "begin" }: _at = read.Stage; break;
                case { What: "stage", Stage: { } stage }: _stages[stage] = read; break;
                case { What: "fault" }: _fault = read; break;
                default: break;
            }
        }

        public TrialResult Result(TrialRequest request, int exit, string said)
        {
            if (_fault is { } fault) return End(fault.Fault ?? ProviderFault.Failed, fault.Text ?? "");
            if (exit == 0) return new TrialResult(_stages);

            var how = exit > SignalBase ? $"was killed by signal {exit - SignalBase}{Name(exit - SignalBase)}" : $"ended with {exit}";
            return End(ProviderFault.Crashed,
                $"the process that tried {request.Tried} {how}{(_at is null ? " while it loaded the library" : "")}{(said.Length > 0 ? $"; its last words: {said}" : "")}");
        }

        public TrialResult End(ProviderFault fault, string message) => new(_stages, fault, message);

        static string Name(int signal) => signal switch
        {
            4 => " (SIGILL)",
            6 => " (SIGABRT)",
            7 => " (SIGBUS)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL)",
            11 => " (SIGSEGV)",
            _ => "",
        };
    }
}

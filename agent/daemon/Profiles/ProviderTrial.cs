using System.Diagnostics;
using System.Text.Json;
using EdgeFace.Capture;
using EdgeFace.Inference;
using Microsoft.ML.OnnxRuntime;

namespace EdgeFace.Profiles;

/// <summary>
/// Tries one provider, in a process of its own: a bad driver kills or hangs whoever loads it, and must not do so to the one that holds
/// the doors.
/// </summary>
static class ProviderTrial
{
    const int WarmUps = 2, Runs = 9;

    /// <summary>Of all runs of a stage: a slow device is timed by fewer.</summary>
    static readonly TimeSpan TimedMost = TimeSpan.FromSeconds(1);

    /// <summary>Reads one request, answers line by line, and ends with 0 also where the provider cannot be had: that is said in a line.</summary>
    public static int Run(TextReader input, TextWriter output, TimeProvider time)
    {
        var request = JsonSerializer.Deserialize(input.ReadLine() ?? "", TrialJson.Default.TrialRequest);
        if (request is null) return 64;

        // Whoever asked may be dead, and what is tried may hang where nothing reaches it.
        using var limit = time.CreateTimer(_ => Process.GetCurrentProcess().Kill(), null, TimeSpan.FromSeconds(request.Seconds), Timeout.InfiniteTimeSpan);
        try
        {
            Try(request, Say, time);
        }
        catch (ProviderException e)
        {
            Say(new TrialLine("fault", Text: e.Message, Fault: e.Fault));
        }
        catch (ModelException e)
        {
            Say(new TrialLine("fault", Text: e.Message, Fault: ProviderFault.Failed));
        }

        return 0;

        void Say(TrialLine line)
        {
            output.WriteLine(TrialLine.Mark + JsonSerializer.Serialize(line, TrialJson.Default.TrialLine));
            output.Flush();
        }
    }

    static void Try(TrialRequest request, Action<TrialLine> say, TimeProvider time)
    {
        if (request.Library is not null) RuntimeLibrary.Bind(request.Library);
        say(new TrialLine("library", Text: OrtEnv.Instance().GetVersionString()));
        using var frame = ReferenceFace.Draw();
        foreach (var (stage, card) in request.Cards)
        {
            say(new TrialLine("begin", stage));
            using var sessions = new ModelSessions(request.Models, new InferenceOptions(request.Threads));
            ProviderException? failed = null;
            sessions.Of(card).Degraded += (_, why) => failed = why;
            var own = request.Provider.Provider is ExecutionProvider.Cpu ? (int?)null : Own(request, stage, card, sessions, frame);
            if (failed is not null) throw failed;
            if (own == 0)
            {
                say(new TrialLine("stage", stage, Own: own));
                continue;
            }

            sessions.Of(card).Adopt(request.Provider, request.Models, request.Cache);
            var (run, made) = StageTrial.Open(stage, card, sessions, frame);
            using (made)
            {
                for (var i = 0; i < WarmUps; i++) run();
                var (times, begin) = (new List<double>(), time.GetTimestamp());
                do
                {
                    var start = time.GetTimestamp();
                    run();
                    times.Add(time.GetElapsedTime(start).TotalMilliseconds);
                }
                while (times.Count < Runs && time.GetElapsedTime(begin) < TimedMost);

                float[] values = [.. run()];
                // Asked last: where the provider failed in any of these runs, the CPU has done it, and the values may be the CPU's.
                if (failed is not null) throw failed;
                times.Sort();
                say(new TrialLine("stage", stage, Ms: times[times.Count / 2], Own: own, Values: values));
            }
        }
    }

    /// <summary>How many operators the provider computes: the runtime gives to the CPU what it does not take, and does not say so.</summary>
    static int Own(TrialRequest request, InferenceStage stage, ModelCard card, ModelSessions sessions, Frame frame)
    {
        var folder = Directory.CreateTempSubdirectory("edgeface-trial-").FullName;
        try
        {
            var session = sessions.Of(card);
            session.Adopt(request.Provider, request.Models, request.Cache, Path.Combine(folder, "trace"));
            var (run, made) = StageTrial.Open(stage, card, sessions, frame);
            using (made) run();
            return session.Provider.Provider is ExecutionProvider.Cpu ? 0 : OperatorTrace.Count(session.EndTrace(), name => name != OperatorTrace.Cpu);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

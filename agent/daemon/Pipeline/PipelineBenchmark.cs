using EdgeFace.Capture;
using EdgeFace.Inference;

namespace EdgeFace.Pipeline;

/// <summary>The door's work on one frame, and the bare inferences in it, timed in turns.</summary>
/// <param name="Rounds">How often each was run.</param>
/// <param name="PipelineMs">Median from frame to decision.</param>
/// <param name="RawInferenceMs">Median of the sum of the models' own times, as often as the frame needed each.</param>
/// <param name="Ratio">Median over the rounds of the one over the other.</param>
/// <param name="AllocatedBytesPerFrame">Managed memory that a frame costs once all is warm.</param>
/// <param name="Stages">Median of the raw time of each model and how often it ran.</param>
sealed record PipelineTiming(
    int Rounds, double PipelineMs, double RawInferenceMs, double Ratio, double AllocatedBytesPerFrame, StageTiming[] Stages);

/// <summary>A model's bare inference.</summary>
sealed record StageTiming(string Model, int Runs, double Ms);

/// <summary>
/// The models' own time is what the pipeline cannot go below; what it adds is ours. Both are measured in the same loop, in
/// the same order of models, so that caches and clock rate are alike for both.
/// </summary>
static class PipelineBenchmark
{
    const int WarmUp = 30;

    /// <exception cref="InvalidOperationException">The frame has no face: there is nothing to measure.</exception>
    public static PipelineTiming Run(
        DoorPipeline pipeline, Func<(OnnxModel Model, int Runs)[]> models, Frame frame, TimeSpan budget, TimeProvider time)
    {
        for (var i = 0; i < WarmUp; i++)
            _ = pipeline.Judge(frame) ?? throw new InvalidOperationException("No face was found in the picture to measure with.");

        var used = models();
        var rounds = new List<(double Pipeline, double Raw)>();
        var stages = used.Select(_ => new List<double>()).ToArray();
        var start = time.GetTimestamp();
        while (rounds.Count < 20 || time.GetElapsedTime(start) < budget)
        {
            var began = time.GetTimestamp();
            _ = pipeline.Judge(frame);
            var whole = time.GetElapsedTime(began).TotalMilliseconds;
            rounds.Add((whole, Raw(used, stages, time)));
        }

        return new PipelineTiming(
            rounds.Count, Median(rounds.Select(round => round.Pipeline)), Median(rounds.Select(round => round.Raw)),
            Median(rounds.Select(round => round.Pipeline / round.Raw)), Allocated(pipeline, frame),
            [.. used.Select((one, i) => new StageTiming(one.Model.Card.Id, one.Runs, Median(stages[i])))]);
    }

    static double Raw((OnnxModel Model, int Runs)[] models, List<double>[] stages, TimeProvider time)
    {
        var sum = 0.0;
        for (var i = 0; i < models.Length; i++)
        {
            for (var run = 0; run < models[i].Runs; run++)
            {
                var began = time.GetTimestamp();
                models[i].Model.Run();
                var ms = time.GetElapsedTime(began).TotalMilliseconds;
                stages[i].Add(ms);
                sum += ms;
            }
        }

        return sum;
    }

    static double Allocated(DoorPipeline pipeline, Frame frame)
    {
        const int Frames = 50;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Frames; i++) _ = pipeline.Judge(frame);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Frames;
    }

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}

using EdgeFace.Inference;

namespace EdgeFace.Cli;

/// <summary>How long one inference takes, of two models measured in turns: what else the machine does meets both.</summary>
/// <param name="FirstMs">Median of the first model.</param>
/// <param name="SecondMs">Median of the second one.</param>
/// <param name="Speedup">Median, over the turns, of the first one's time by the second one's: above 1 the second is faster.</param>
readonly record struct PairedLatency(double FirstMs, double SecondMs, double Speedup)
{
    const int Turns = 300;
    const int WarmUp = 20;

    public static PairedLatency Of(
        OnnxModel first, OnnxModel second, IReadOnlyList<float[]> inputs, TimeProvider time, CancellationToken stop)
    {
        var (one, other, ratios) = (new List<double?>(), new List<double?>(), new List<double?>());
        for (var turn = -WarmUp; turn < Turns; turn++)
        {
            stop.ThrowIfCancellationRequested();
            var input = inputs[(turn + WarmUp) % inputs.Count];
            // Who goes second finds the caches warm or spoilt by the other: each does so half of the time.
            var (a, b) = turn % 2 == 0 ? (Run(first, input, time), Run(second, input, time)) : Swapped(Run(second, input, time), Run(first, input, time));
            if (turn < 0) continue;

            one.Add(a);
            other.Add(b);
            ratios.Add(a / b);
        }

        return new PairedLatency(
            StageTimes.MedianOf(one) ?? 0, StageTimes.MedianOf(other) ?? 0, StageTimes.MedianOf(ratios) ?? 0);
    }

    static (double, double) Swapped(double second, double first) => (first, second);

    static double Run(OnnxModel model, float[] input, TimeProvider time)
    {
        input.CopyTo(model.Input);
        var start = time.GetTimestamp();
        model.Run();
        return time.GetElapsedTime(start).TotalMilliseconds;
    }
}

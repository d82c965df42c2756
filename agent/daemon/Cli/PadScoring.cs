using EdgeFace.Evaluation;

namespace EdgeFace.Cli;

/// <summary>Scores a list of presentations on all cores, in its order.</summary>
static class PadScoring
{
    public static async Task<PadTrial[]> OfAsync(
        Installation home, IReadOnlyList<PadPresentation> presentations, TextWriter error, CancellationToken stop)
    {
        var trials = new PadTrial[presentations.Count];
        await ProgressBar.RunAsync(error, "presentations", trials.Length, step => Batch.RunAsync(
            trials.Length, () => PadJudge.Load(home), (judge, index) =>
            {
                var (score, deniedBy) = judge.Score(presentations[index].File, stop);
                trials[index] = new PadTrial(presentations[index], score, deniedBy);
                step();
            }, stop));
        return trials;
    }
}

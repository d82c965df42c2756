using System.Globalization;
using EdgeFace.Access;

namespace EdgeFace.Cli;

/// <summary>A line for whatever happens.</summary>
sealed class PlainDemoView(TextWriter output) : IDemoView
{
    public void Enrolled(DemoEnrollment enrolled) => Line(
        $"enrolled {DemoScript.Person}: {enrolled.Templates} templates from the first {enrolled.Seconds:F0} s of his video");

    public IReadOnlyList<DemoOutcome> Show(
        DemoStage stage, AccessPolicy policy, TimeProvider? pace, CancellationToken stop)
    {
        var outcomes = new List<DemoOutcome>();
        var open = false;
        foreach (var scene in stage.Scenes)
        {
            Line($"{outcomes.Count + 1}. {scene.Caption} ({scene.File} from {scene.From.TotalSeconds:F0} s)");
            var held = new DemoPace(pace);
            outcomes.Add(stage.Play(scene, outcomes.Count + 1, ShowFrame, stop));

            void ShowFrame(DemoMoment moment)
            {
                held.HoldUntil(moment.At, stop);
                if (moment is { Decision: { } decision, Verdict: { } verdict })
                    Line($"   {Clock(moment)} {(decision.OpensDoor ? "GRANTED" : "DENIED")} {decision.Explanation}; liveness {verdict.Liveness:F2}");
                if (moment.DoorOpen != open) Line($"   {Clock(moment)} door {(moment.DoorOpen ? "UNLOCKED" : "locked")}");
                open = moment.DoorOpen;
            }
        }

        return outcomes;
    }

    public void Ended(IReadOnlyList<DemoOutcome> outcomes, string summary)
    {
        foreach (var wrong in outcomes.Where(outcome => !outcome.AsExpected))
            Line($"NOT AS EXPECTED: {wrong.Number}. {wrong.Caption}: {wrong.Reason}, expected {wrong.Expected}");
        Line($"{outcomes.Count(outcome => outcome.AsExpected)} of {outcomes.Count} decisions as expected; the pictures: {summary}");
    }

    static string Clock(in DemoMoment moment) => string.Create(CultureInfo.InvariantCulture, $"{moment.At.TotalSeconds,5:F2} s");

    void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeFace.Access;

namespace EdgeFace.Cli;

/// <summary>One object per decision, as it falls.</summary>
sealed class JsonDemoView(TextWriter output) : IDemoView
{
    public void Enrolled(DemoEnrollment enrolled)
    {
        // Programs ask for decisions; that somebody was enrolled is in them.
    }

    public IReadOnlyList<DemoOutcome> Show(
        DemoStage stage, AccessPolicy policy, TimeProvider? pace, CancellationToken stop)
    {
        var outcomes = new List<DemoOutcome>();
        foreach (var scene in stage.Scenes)
        {
            var held = new DemoPace(pace);
            outcomes.Add(stage.Play(scene, outcomes.Count + 1, moment => held.HoldUntil(moment.At, stop), stop));
            output.WriteLine(JsonSerializer.Serialize(outcomes[^1], DemoJson.Default.DemoOutcome));
        }

        return outcomes;
    }

    public void Ended(IReadOnlyList<DemoOutcome> outcomes, string summary)
    {
        // Every outcome says for itself whether it was the expected one.
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DemoOutcome))]
sealed partial class DemoJson : JsonSerializerContext;

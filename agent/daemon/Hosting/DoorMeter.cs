using System.Diagnostics.Metrics;

namespace EdgeFace.Hosting;

/// <summary>What one door records. Its labels are made once: recording allocates nothing.</summary>
sealed class DoorMeter(
    string door, Histogram<double> captureToRelay, Histogram<double> stage, Histogram<double> frameAge,
    Counter<long> decisions, Counter<long> lockouts)
{
    readonly KeyValuePair<string, object?> _door = new("door", door);
    readonly KeyValuePair<string, object?> _detect = Stage("detect");
    readonly KeyValuePair<string, object?> _align = Stage("align");
    readonly KeyValuePair<string, object?> _quality = Stage("quality");
    readonly KeyValuePair<string, object?> _liveness = Stage("liveness");
    readonly KeyValuePair<string, object?> _embed = Stage("embed");
    readonly KeyValuePair<string, object?> _match = Stage("match");
    readonly KeyValuePair<string, object?> _policy = Stage("policy");

    /// <summary>Once a frame.</summary>
    public void Judged(in StageSeconds took)
    {
        Record(took.Detect, _detect);
        Record(took.Align, _align);
        Record(took.Quality, _quality);
        Record(took.Liveness, _liveness);
        Record(took.Embed, _embed);
        Record(took.Match, _match);
        Record(took.Policy, _policy);
    }

    /// <summary>Once a decision.</summary>
    /// <param name="reason">"granted" or the code of the denial; a constant, so that it costs no string.</param>
    /// <param name="frameAgeSeconds">Of the newest frame behind it; null: no face was.</param>
    public void Decided(string reason, double? frameAgeSeconds)
    {
        decisions.Add(1, _door, new KeyValuePair<string, object?>("reason", reason));
        if (frameAgeSeconds is { } age) frameAge.Record(age, _door);
    }

    /// <summary>Once a grant: the relay was energised.</summary>
    /// <param name="sinceCaptureSeconds">Since the light fell on the sensor.</param>
    public void Unlocked(double sinceCaptureSeconds) => captureToRelay.Record(sinceCaptureSeconds, _door);

    public void LockedOut() => lockouts.Add(1, _door);

    void Record(double seconds, in KeyValuePair<string, object?> which)
    {
        if (seconds > 0) stage.Record(seconds, _door, which);
    }

    static KeyValuePair<string, object?> Stage(string name) => new("stage", name);
}

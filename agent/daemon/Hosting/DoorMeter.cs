using System.Diagnostics.Metrics;
using EdgeFace.Pipeline;

namespace EdgeFace.Hosting;

/// <summary>What one door records. Its labels are made once: recording allocates nothing.</summary>
sealed class DoorMeter(
    string door, Histogram<double> captureToRelay, Histogram<double> stage, Histogram<double> frameAge, Histogram<double> toVerdict,
    Counter<long> decisions, Counter<long> lockouts)
{
    readonly KeyValuePair<string, object?> _door = new("door", door);
    readonly KeyValuePair<string, object?> _detection = Stage("detection");
    readonly KeyValuePair<string, object?> _alignment = Stage("alignment");
    readonly KeyValuePair<string, object?> _liveness = Stage("liveness");
    readonly KeyValuePair<string, object?> _recognition = Stage("recognition");

    /// <summary>Once a frame with somebody in it.</summary>
    public void Judged(in FrameTiming took)
    {
        Record(took.Detection, _detection);
        Record(took.Alignment, _alignment);
        Record(took.Liveness, _liveness);
        Record(took.Recognition, _recognition);
    }

    /// <summary>Once a decision.</summary>
    /// <param name="reason">"granted" or the code of the denial; a constant, so that it costs no string.</param>
    /// <param name="frameAgeSeconds">Of the newest frame behind it; null: no face was.</param>
    /// <param name="tookSeconds">Since the first frame of the attempt; null: no face was behind it.</param>
    public void Decided(string reason, double? frameAgeSeconds, double? tookSeconds)
    {
        decisions.Add(1, _door, new KeyValuePair<string, object?>("reason", reason));
        if (frameAgeSeconds is { } age) frameAge.Record(age, _door);
        if (tookSeconds is { } took) toVerdict.Record(took, _door);
    }

    /// <summary>Once a grant: the relay was energised.</summary>
    /// <param name="sinceCaptureSeconds">Since the light fell on the sensor.</param>
    public void Unlocked(double sinceCaptureSeconds) => captureToRelay.Record(sinceCaptureSeconds, _door);

    public void LockedOut() => lockouts.Add(1, _door);

    void Record(TimeSpan took, in KeyValuePair<string, object?> which)
    {
        if (took > TimeSpan.Zero) stage.Record(took.TotalSeconds, _door, which);
    }

    static KeyValuePair<string, object?> Stage(string name) => new("stage", name);
}

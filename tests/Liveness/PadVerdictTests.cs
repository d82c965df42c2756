using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Detection;
using EdgeFace.Doors;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using EdgeFace.Pipeline;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeFace.Tests.Liveness;

public sealed class PadVerdictTests
{
    const int Cases = 10_000;

    static readonly SubjectId Anna = SubjectId.New();
    static readonly PadLimits Limits = new(0.0125f, 0.02f);

    static readonly Gen<float> Any = Gen.OneOf(
        Gen.Choose(0, 1_000_000).Select(millionth => millionth / 1e6f),
        Gen.Elements(0.0125f, 0.02f, 0, float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1));

    [Fact]
    public void The_zero_value_is_unsure_and_nothing_read_is_no_living_person()
    {
        Assert.Equal(PadVerdict.Unsure, default);
        Assert.Equal(PadVerdict.Spoof, Limits.Judge(default));
        Assert.Equal(PadVerdict.Unsure, Limits.Judge(new PadReading(1, 1, 0, 1)));
        Assert.Equal(PadVerdict.Live, Limits.Judge(new PadReading(1, 1, 0, 1) { Motion = 0.02f }));
    }

    /// <summary>Whatever one cue says less of life than before, the verdict is no nearer to live.</summary>
    [Fact]
    public void No_cue_can_raise_a_verdict_towards_live()
    {
        var cues = Any.Four().SelectMany(before => Any.Four().Select(other => (before, other))).ToArbitrary();
        Prop.ForAll(cues, given =>
        {
            var ((model, edge, others, motion), with) = given;
            var without = Verdict(1, 0, 1, 1);
            // Each cue by itself, and all of them: at most as live as each of them alone lets it be.
            PadVerdict[] alone = [Verdict(model, 0, 1, 1), Verdict(1, edge, 1, 1), Verdict(1, 0, others, 1), Verdict(1, 0, 1, motion)];
            var all = Verdict(model, edge, others, motion);
            return without is PadVerdict.Live
                && (all is not PadVerdict.Live || alone.All(each => each is PadVerdict.Live))
                // One cue exchanged for a worse one.
                && (!(with.Item1 <= model && model <= 1) || Liveliness(Verdict(with.Item1, edge, others, motion)) <= Liveliness(all))
                && (!(with.Item4 <= motion && float.IsFinite(motion)) || Liveliness(Verdict(model, edge, others, with.Item4)) <= Liveliness(all));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    /// <summary>
    /// Somebody enrolled, in good frames, with one thing wrong in each decision: a cue that is missing or no number, a
    /// similarity that is none, or a cue that does not come in time.
    /// </summary>
    [Fact]
    public void Ten_thousand_decisions_with_a_fault_in_them_all_deny()
    {
        var policy = new AccessPolicy(
            new Threshold(new ModelId("test"), 0.4f, 1e-5, 0.05, 1_000_000), new Dictionary<SubjectId, Validity> { [Anna] = default },
            new AccessOptions(new QualityLimits()));
        var (random, granted, sound) = (new Random(7), 0, 0);
        for (var i = 0; i < Cases; i++)
        {
            var fault = (Fault)(1 + i % (Enum.GetValues<Fault>().Length - 1));
            if (Opens(policy, fault, random)) granted++;
            if (Opens(policy, Fault.None, random)) sound++;
        }

        Assert.Equal((0, Cases), (granted, sound));
    }

    enum Fault
    {
        None,
        ModelIsNoNumber,
        EdgeIsNoNumber,
        OthersAreNoNumber,
        MotionIsNoNumber,
        MotionIsMissing,
        ModelIsMissing,
        SimilarityIsNoNumber,
        NobodyWasLookedUp,
        FramesStop,
        DecisionComesTooLate,
        HeHasLeft,
    }

    /// <summary>Ten frames of a decision, through policy, tracker and door.</summary>
    static bool Opens(AccessPolicy policy, Fault fault, Random random)
    {
        var time = new FakeTimeProvider();
        var tracker = new FaceTracker(new ConsensusOptions(), time);
        float[] broken = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1];
        var none = broken[random.Next(broken.Length)];
        using var hardware = new SimulatedDoorHardware(time, null, FailMode.Secure);
        using var door = new Door("front", new DoorOptions(), hardware, time, _ => { });
        var opened = false;
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(fault is Fault.FramesStop ? 1 : 0.04));
            var cues = PadReading.Fuse(
                fault is Fault.ModelIsNoNumber ? none : fault is Fault.ModelIsMissing ? 0 : 0.5f + random.NextSingle() / 2,
                fault is Fault.EdgeIsNoNumber ? none : random.NextSingle() / 2,
                fault is Fault.OthersAreNoNumber ? none : 1);
            var pad = fault is Fault.MotionIsMissing ? cues
                : cues with { Motion = fault is Fault.MotionIsNoNumber ? none : 0.1f };
            Match? match = fault is Fault.NobodyWasLookedUp ? null
                : new Match(Anna, fault is Fault.SimilarityIsNoNumber ? float.NaN : 0.8f, null, -1);
            var decision = policy.Decide(new FaceQuality(60, default, 0.2f, 120, 0), pad, match, time.GetUtcNow());
            var captured = time.GetTimestamp();
            if (tracker.Follow(new FrameVerdict(new FaceBox(100, 100, 200, 220, 0.9f), default, pad, match, decision)) is not { OpensDoor: true }) continue;

            if (fault is Fault.DecisionComesTooLate) time.Advance(TimeSpan.FromSeconds(1.6 + random.NextDouble() * 60));
            opened |= door.Grant(new DoorGrant(Anna, captured, TrackPresent: fault is not Fault.HeHasLeft, Extended: false)).Opens;
        }

        return opened;
    }

    static PadVerdict Verdict(float model, float edge, float others, float motion) =>
        Limits.Judge(PadReading.Fuse(model, edge, others) with { Motion = motion });

    static int Liveliness(PadVerdict verdict) => verdict switch { PadVerdict.Live => 2, PadVerdict.Unsure => 1, _ => 0 };
}

using EdgeFace.Access;
using EdgeFace.Alignment;
using EdgeFace.Inference;
using EdgeFace.Liveness;
using EdgeFace.Matching;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EdgeFace.Tests.Access;

public sealed class AccessPolicyTests
{
    const float Limit = 0.42f;

    static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    static readonly SubjectId Always = SubjectId.New();
    static readonly SubjectId Today = SubjectId.New();
    static readonly SubjectId Tomorrow = SubjectId.New();
    static readonly SubjectId UntilNow = SubjectId.New();
    static readonly SubjectId Stranger = SubjectId.New();

    static readonly Dictionary<SubjectId, Validity> Subjects = new()
    {
        [Always] = default,
        [Today] = new(Now, Now.AddTicks(1)),
        [Tomorrow] = new(Now.AddTicks(1), null),
        [UntilNow] = new(null, Now),
    };

    static readonly FaceQuality Good = new(60, default, 0.2f, 120, 0);

    static readonly PadReading Alive = new(1, 1, 0, 1) { Motion = 1 };

    /// <summary>All that a frame can say.</summary>
    sealed record Evidence(FaceQuality Quality, PadReading Pad, Match? Match);

    [Fact]
    public void No_evidence_opens_the_door_unless_every_single_condition_is_met()
    {
        var (opened, shut) = (0, 0);
        Prop.ForAll(AnyEvidence(), evidence =>
        {
            var decision = Policy().Decide(evidence.Quality, evidence.Pad, evidence.Match, Now);
            if (decision.OpensDoor) opened++;
            else shut++;
            return decision.OpensDoor == MayPass(evidence)
                && decision.Granted == (decision.OpensDoor ? evidence.Match?.Subject : null)
                && (decision.OpensDoor || decision.Reason is not DenyReason.NotDecided);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

        // Both ends were really tried.
        Assert.True(opened > 500, $"{opened} of 20000 opened");
        Assert.True(shut > 500, $"{shut} of 20000 stayed shut");
    }

    [Fact]
    public void A_threshold_that_is_no_number_is_met_by_nobody()
    {
        var policy = new AccessPolicy(At(float.NaN), Subjects, new AccessOptions(new QualityLimits()));

        Assert.False(policy.Decide(Good, Alive, new Match(Always, 1, null, -1), Now).OpensDoor);
    }

    [Theory]
    [InlineData(float.NaN, 0.02f, 0.05f)]
    [InlineData(0.5f, float.NaN, 0.05f)]
    [InlineData(0.5f, 0.02f, float.NaN)]
    public void A_limit_that_is_no_number_is_refused(float livenessMin, float motionMin, float marginMin) =>
        Assert.Throws<ArgumentException>(() => new AccessPolicy(
            At(Limit), Subjects, new AccessOptions(new QualityLimits(), livenessMin, motionMin, marginMin)));

    [Fact]
    public void Whoever_is_known_and_may_not_pass_now_is_named_and_an_unknown_face_is_nobody()
    {
        var policy = new AccessPolicy(At(Limit), Subjects, new AccessOptions(new QualityLimits()));

        Assert.Equal((DenyReason.NotYetValid, Tomorrow), Of(policy.Decide(new Match(Tomorrow, 1, null, -1), Now)));
        Assert.Equal((DenyReason.Expired, UntilNow), Of(policy.Decide(new Match(UntilNow, 1, null, -1), Now)));
        Assert.Equal((DenyReason.Unknown, null), Of(policy.Decide(new Match(Tomorrow, Limit - 0.1f, null, -1), Now)));
        Assert.Equal((DenyReason.Ambiguous, null), Of(policy.Decide(new Match(Tomorrow, 1, UntilNow, 0.99f), Now)));

        static (DenyReason, SubjectId?) Of(AccessDecision decision) => (decision.Reason, decision.Known);
    }

    [Fact]
    public void The_answer_of_nobody_is_no()
    {
        Assert.False(default(AccessDecision).OpensDoor);
        Assert.Equal(DenyReason.NotDecided, default(AccessDecision).Reason);
    }

    [Fact]
    public void An_attack_learns_nothing_about_who_is_enrolled()
    {
        var known = Policy().Decide(Good, Alive with { Live = 0.001f }, new Match(Always, 0.9f, null, -1), Now);
        var unknown = Policy().Decide(Good, Alive with { Live = 0.001f }, new Match(Stranger, 0.1f, null, -1), Now);

        Assert.Equal(DenyReason.Spoof, known.Reason);
        Assert.Equal(known, unknown);

        known = Policy().Decide(Good, Alive with { Motion = 0.01f }, new Match(Always, 0.9f, null, -1), Now);
        unknown = Policy().Decide(Good, Alive with { Motion = 0.01f }, new Match(Stranger, 0.1f, null, -1), Now);

        Assert.Equal((DenyReason.Unsure, 0.01f, 0.02f), (known.Reason, known.Value, known.Limit));
        Assert.Equal(known, unknown);
    }

    [Fact]
    public void A_denial_carries_the_value_and_the_limit_it_missed()
    {
        var decision = Policy().Decide(Good, Alive, new Match(Always, 0.25f, null, -1), Now);

        Assert.Equal((DenyReason.Unknown, 0.25f, Limit), (decision.Reason, decision.Value, decision.Limit));
        Assert.All(Enum.GetValues<DenyReason>().Skip(1), reason =>
            Assert.NotEqual(default(AccessDecision).Explanation, AccessDecision.Deny(reason, 0, 0).Explanation));
    }

    static AccessPolicy Policy() => new(At(Limit), Subjects, new AccessOptions(new QualityLimits()));

    static Threshold At(float similarity) => new(new ModelId("test"), similarity, 1e-5, 0.05, 1_000_000);

    /// <summary>The conditions once more, in words of their own.</summary>
    static bool MayPass(Evidence evidence)
    {
        var (quality, pad, match) = (evidence.Quality, evidence.Pad, evidence.Match);
        bool[] conditions =
        [
            quality.InterEyePixels >= 20, Math.Abs(quality.Pose.Yaw) <= 45, Math.Abs(quality.Pose.Pitch) <= 40,
            quality.Sharpness >= 0.01f, quality.Brightness >= 25, quality.Brightness <= 240, pad.Live is >= 0.0125f and <= 1, pad.Motion >= 0.02f && pad.Motion < float.PositiveInfinity,
            match is not null, match?.Similarity >= Limit, match?.Similarity - match?.RunnerUpSimilarity >= 0.05f,
            match?.Subject == Always || match?.Subject == Today,
        ];
        return conditions.All(met => met);
    }

    static Arbitrary<Evidence> AnyEvidence()
    {
        var quality =
            from eyes in Around(20, 25, 90)
            from yaw in Around(45, 0, -20, -45)
            from pitch in Around(40, 0, 10, -40)
            from sharpness in Around(0.01f, 0.2f, 0.4f)
            from dark in Around(25, 100, 180)
            from bright in Around(240, 100, 180)
            from chosen in Gen.Elements(dark, bright)
            select new FaceQuality(eyes, new HeadPose(yaw, pitch, 0), sharpness, chosen, 0);
        var match =
            from subject in Gen.Frequency(
                (4, Gen.Elements(Always, Today)), (1, Gen.Elements(Tomorrow, UntilNow, Stranger)))
            from similarity in Around(Limit, 0.6f, 0.9f)
            from behind in Around(0.05f, 0.3f, 1)
            from none in Gen.Choose(0, 20)
            select none == 0 ? (Match?)null : new Match(subject, similarity, Stranger, similarity - behind);
        return
            (from seen in quality
             from liveness in Around(0.0125f, 0.9f, 1)
             from motion in Around(0.02f, 0.1f, 0.5f)
             from found in match
             select new Evidence(seen, new PadReading(liveness, 1, 0, 1) { Motion = motion }, found)).ToArbitrary();
    }

    /// <summary>Mostly good values, then the limit itself and its neighbours, and values that are none.</summary>
    static Gen<float> Around(float limit, params float[] good) => Gen.Frequency(
        (14, Gen.Elements(good)),
        (1, Gen.Elements(limit, MathF.BitDecrement(limit), MathF.BitIncrement(limit))),
        (1, Gen.Elements(float.NaN, float.NegativeInfinity, float.PositiveInfinity, 0, -1, -limit)));
}

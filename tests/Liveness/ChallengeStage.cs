using EdgeFace.Liveness;

namespace EdgeFace.Tests.Liveness;

/// <summary>Somebody before a camera of 25 frames a second, who does what he is told to, or something else.</summary>
sealed class ChallengeStage(Challenge challenge)
{
    public const float SimilarityMin = 0.34f;

    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(40);

    public Challenge Challenge => challenge;

    public TimeSpan At { get; set; }

    /// <summary>Of the face he shows.</summary>
    public float Similarity { get; set; } = 0.9f;

    public int Faces { get; set; } = 1;

    public bool IsSpoof { get; set; }

    public static FaceLook Straight(float size = 60) => new(3, 15, 0.3f, 0.01f, size);

    public static FaceLook Doing(Movement movement, float size = 60) => movement switch
    {
        Movement.TurnLeft => Straight(size) with { Yaw = 23 },
        Movement.TurnRight => Straight(size) with { Yaw = -17 },
        Movement.LookUp => Straight(size) with { Pitch = 33 },
        Movement.Blink => Straight(size) with { EyeOpening = 0.18f },
        Movement.OpenMouth => Straight(size) with { MouthOpening = 0.3f },
        Movement.ComeCloser => Straight(size * 1.35f),
        _ => Straight(size),
    };

    public ChallengeStage Show(FaceLook? look, double seconds)
    {
        for (var until = At + TimeSpan.FromSeconds(seconds); At < until && challenge.State is ChallengeState.Running;)
        {
            At += Between;
            challenge.See(new ChallengeFrame(At, look, look is null ? 0 : Faces, Similarity, IsSpoof));
        }

        return this;
    }

    public ChallengeStage Rest(double seconds = 0.6) => Show(Straight(), seconds);

    public ChallengeStage Wait(double seconds)
    {
        At += TimeSpan.FromSeconds(seconds);
        challenge.Tick(At);
        return this;
    }

    /// <summary>Reads what is asked, thinks, does it and comes back.</summary>
    public ChallengeStage Do(Movement movement) => Rest(0.4).Show(Doing(movement), movement is Movement.Blink ? 0.2 : 0.8).Rest();
}

using EdgeFace.Liveness;

namespace EdgeFace.Pipeline;

/// <summary>What somebody is told in a challenge: for a display or a voice at the door.</summary>
static class ChallengePrompt
{
    /// <summary>Left and right are the person's own; none is the rest before, between and after the movements.</summary>
    public static string Of(Movement asked) => asked switch
    {
        Movement.TurnLeft => "Turn your head to your left.",
        Movement.TurnRight => "Turn your head to your right.",
        Movement.LookUp => "Lift your chin.",
        Movement.Blink => "Close both eyes for a moment.",
        Movement.OpenMouth => "Open your mouth wide.",
        Movement.ComeCloser => "Come closer.",
        _ => "Look straight into the camera and hold still.",
    };
}

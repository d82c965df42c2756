using EdgeFace.Alignment;
using EdgeFace.Subjects;

namespace EdgeFace.Pipeline;

/// <summary>
/// Takes a person's samples at the door: a few looks one after the other, of each the best of several good frames, and says
/// in words what to do and what is wrong. A look that somebody cannot give is passed over after a while; without the
/// straight one there is no enrolment. One thread at a time.
/// </summary>
/// <param name="say">Hears what the person in front of the camera has to be told.</param>
/// <param name="time">Paces the looks.</param>
sealed class GuidedEnrollment(Action<string> say, TimeProvider time)
{
    const int FramesOfLook = 5;
    const int SamplesOfLook = 2;
    const float Turned = 10;

    static readonly TimeSpan LookMost = TimeSpan.FromSeconds(8);
    static readonly TimeSpan StraightMost = TimeSpan.FromSeconds(30);
    static readonly TimeSpan BetweenWords = TimeSpan.FromSeconds(1);

    /// <summary>Left and right are those of the person. Half of what an enrolled picture may be turned is enough.</summary>
    static readonly (string Words, Func<HeadPose, bool> Fits)[] Looks =
    [
        ("Look straight into the camera.", pose => MathF.Abs(pose.Yaw) < Turned && MathF.Abs(pose.Pitch) < 2 * Turned),
        ("Turn your head a little to your left.", pose => pose.Yaw >= Turned),
        ("Turn your head a little to your right.", pose => pose.Yaw <= -Turned),
        ("Lift your chin a little.", pose => pose.Pitch >= Turned),
        ("Look straight into the camera once more.", pose => MathF.Abs(pose.Yaw) < Turned && MathF.Abs(pose.Pitch) < 2 * Turned),
    ];

    readonly List<EnrollmentSample> _samples = [];
    readonly List<EnrollmentSample> _ofLook = [];
    int _look = -1;
    long _lookBegan;
    long? _spokeAt;

    public bool IsOver => _look >= Looks.Length;

    /// <summary>What was taken; empty when nobody looked straight into the camera in time.</summary>
    public IReadOnlyList<EnrollmentSample> Samples => _samples;

    /// <summary>Takes what a frame shows.</summary>
    /// <param name="verdict">Null when nobody is there.</param>
    /// <param name="faces">Near enough to be meant; more than one is one too many.</param>
    /// <param name="sample">Makes the sample of this frame; null when the embedder gave no numbers.</param>
    public void See(FrameVerdict? verdict, int faces, Func<EnrollmentSample?> sample)
    {
        if (_look < 0) Next();
        if (IsOver) return;

        if (Lack(verdict, faces) is { } lack) Say(lack);
        else if (sample() is { } good) _ofLook.Add(good);

        if (_ofLook.Count >= FramesOfLook)
            Take();
        else if (time.GetElapsedTime(_lookBegan) > (_look == 0 ? StraightMost : LookMost))
            PassOver();
    }

    string? Lack(FrameVerdict? verdict, int faces)
    {
        if (verdict is not { } seen) return "I see nobody: stand in front of the camera.";
        if (faces > 1) return $"I see {faces} faces: only one person may stand there.";
        if (QualityLimits.Enrollment.Check(seen.Quality) is { } shortfall) return $"{shortfall}.";
        if (seen.Decision.Reason is Access.DenyReason.Spoof or Access.DenyReason.Unsure) return $"{seen.Decision.Explanation}.";

        return Looks[_look].Fits(seen.Quality.Pose) ? null : Looks[_look].Words;
    }

    void Take()
    {
        _samples.AddRange(_ofLook.OrderByDescending(sample => sample.Quality).Take(SamplesOfLook));
        say("Good.");
        Next();
    }

    void PassOver()
    {
        if (_look == 0)
        {
            say("Nobody looked straight into the camera in time.");
            _look = Looks.Length;
            return;
        }

        say("Never mind.");
        Next();
    }

    void Next()
    {
        _look++;
        _ofLook.Clear();
        (_lookBegan, _spokeAt) = (time.GetTimestamp(), null);
        if (!IsOver) Say(Looks[_look].Words);
    }

    /// <summary>Not thirty times a second.</summary>
    void Say(string words)
    {
        if (_spokeAt is { } since && time.GetElapsedTime(since) < BetweenWords) return;

        _spokeAt = time.GetTimestamp();
        say(words);
    }
}

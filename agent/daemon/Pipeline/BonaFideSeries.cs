using System.Numerics.Tensors;
using EdgeFace.Access;
using EdgeFace.Capture;
using EdgeFace.Liveness;

namespace EdgeFace.Pipeline;

/// <summary>
/// Bona fide presentations of several people at a door, for the limit of its camera: each stands there for a while, alone, and what
/// liveness makes of him is noted a few times a second. Who comes twice is told so: a limit must not rest on one face. On the
/// door's own thread.
/// </summary>
/// <param name="people">So many different ones.</param>
/// <param name="each">How long each of them stands there.</param>
/// <param name="samePersonMin">From which similarity on two frames are of one person.</param>
/// <param name="motion">Of its own: nobody's photograph may set a limit, however low the camera's living people score.</param>
/// <param name="say">Hears what whoever stands there has to be told.</param>
/// <param name="time">Paces it.</param>
sealed class BonaFideSeries(int people, TimeSpan each, float samePersonMin, FacialMotion motion, Action<string> say, TimeProvider time)
{
    static readonly TimeSpan BetweenReadings = TimeSpan.FromSeconds(0.2);
    static readonly TimeSpan BetweenWords = TimeSpan.FromSeconds(2);

    /// <summary>As at a door by default.</summary>
    static readonly float MotionMin = new AccessOptions(new()).MotionMin;

    /// <summary>Nobody done for so long: it is over.</summary>
    static readonly TimeSpan PersonMost = TimeSpan.FromMinutes(2);

    readonly List<float[]> _faces = [];
    readonly List<float> _readings = [];
    readonly long _needed = (long)(each / BetweenReadings);
    int _ofPerson;
    long _newestAt = time.GetTimestamp(), _readAt, _spokeAt;
    bool _hasSpoken;

    /// <summary>Of everybody, 0..1.</summary>
    public IReadOnlyList<float> Readings => _readings;

    /// <summary>Who have been there for long enough.</summary>
    public int People => IsPersonDone ? _faces.Count : Math.Max(0, _faces.Count - 1);

    public bool IsOver => People >= people || time.GetElapsedTime(_newestAt) > PersonMost;

    bool IsPersonDone => _ofPerson >= _needed && motion.Shown >= MotionMin;

    /// <summary>Takes what a frame shows.</summary>
    /// <param name="frame">That the pipeline has judged last.</param>
    /// <param name="verdict">Null when nobody is there.</param>
    /// <param name="pipeline">Knows the rest of that frame.</param>
    public void See(Frame frame, FrameVerdict? verdict, DoorPipeline pipeline)
    {
        if (verdict is not { } seen) Say($"Person {People + 1} of {people}: stand in front of the camera and look into it.");
        else if (pipeline.FacesNear > 1) Say($"I see {pipeline.FacesNear} faces: only one person may stand there.");
        else if (!seen.Decision.OpensDoor && seen.Decision.Reason.IsBadPicture()) Say($"{seen.Decision.Explanation}.");
        else if (seen.Pad.Second is { Reading.Denies: true }) Say("The camera's second stream denies, or is silent: see to it first.");
        else if (time.GetElapsedTime(_readAt) >= BetweenReadings) Read(frame, seen, pipeline);
    }

    void Read(Frame frame, in FrameVerdict seen, DoorPipeline pipeline)
    {
        _readAt = time.GetTimestamp();
        pipeline.Identify(frame);
        if (pipeline.LastProbe is not { IsEmpty: false } face) return;

        var isPresent = _faces.Count > 0 && !IsPersonDone && IsSame(_faces[^1], face);
        if (!isPresent)
        {
            if (IsKnown(face))
            {
                Say("Thank you. The next person, please: somebody else.");
                return;
            }

            Begin(face);
        }

        motion.See(frame, pipeline.Recognizer.Aligner.Align(pipeline.LastFace.Five), face, BetweenReadings, MotionMin);
        if (_ofPerson < _needed)
        {
            _readings.Add(seen.Pad.Live);
            _ofPerson++;
        }

        if (IsPersonDone) _newestAt = _readAt;
        if (IsPersonDone) Say($"{People} of {people} are done.{(People < people ? " The next person, please: somebody else." : "")}", now: true);
        else if (_ofPerson >= _needed) Say("Blink, or turn your head a little.");
    }

    /// <summary>One who left too soon is left out: who has come in his place counts.</summary>
    void Begin(ReadOnlySpan<float> face)
    {
        if (_faces.Count > 0 && !IsPersonDone)
        {
            _faces.RemoveAt(_faces.Count - 1);
            _readings.RemoveRange(_readings.Count - _ofPerson, _ofPerson);
        }

        _faces.Add(face.ToArray());
        _ofPerson = 0;
        motion.Restart();
        Say($"Person {_faces.Count} of {people}: look into the camera, move as you like.", now: true);
    }

    bool IsKnown(ReadOnlySpan<float> face)
    {
        foreach (var known in _faces)
            if (IsSame(known, face)) return true;

        return false;
    }

    bool IsSame(float[] known, ReadOnlySpan<float> face) => TensorPrimitives.Dot(known, face) >= samePersonMin;

    void Say(string words, bool now = false)
    {
        if (!now && _hasSpoken && time.GetElapsedTime(_spokeAt) < BetweenWords) return;

        (_spokeAt, _hasSpoken) = (time.GetTimestamp(), true);
        say(words);
    }
}
